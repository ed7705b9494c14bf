// openapi.json and openapi.merchant.json by Spectral's rules for OpenAPI (spectral:oas), without errors and without warnings.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { ROOT } from './project.mjs';

const linter = new spectral.Spectral();
linter.setRuleset({ extends: [rulesets.oas] });
for (const document of ['openapi.json', 'openapi.merchant.json']) {
  const problems = await linter.run(readFileSync(path.join(ROOT, document), 'utf8'));
  for (const { code, message, path: place } of problems.slice(0, 20))
    console.error(`${code}: ${message} (${place.join('/')})`);
  if (problems.length > 0) {
    console.error(`${problems.length} problems in ${document}`);
    process.exitCode = 1;
  }
}
