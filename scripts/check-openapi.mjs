// openapi.json, openapi.merchant.json and the types of the client must be what the code says. With --write (npm run openapi) they become that.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from './build.mjs';
import { requireNode, ROOT } from './project.mjs';

const FILES = [
  { name: 'openapi.json', dialect: 'partner', what: 'document' },
  { name: 'sdk/operations.ts', dialect: 'partner', what: 'sdk' },
  { name: 'openapi.merchant.json', dialect: 'merchant', what: 'document' },
];

requireNode('npm run openapi');
if (!(await build())) process.exit(1);
for (const { name, dialect, what } of FILES) {
  const file = path.join(ROOT, name);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [path.join(ROOT, `dist/src/dialects/${dialect}/openapi/write-document.js`), what],
    { cwd: ROOT, maxBuffer: 32 * 1024 * 1024 },
  );
  if (read(file) === stdout) continue;
  if (process.argv.includes('--write')) {
    writeFileSync(file, stdout);
    console.log(`${name} written`);
  } else {
    console.error(`${name} is not what the code says: run "npm run openapi" and commit the difference.`);
    process.exitCode = 1;
  }
}

function read(name) {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
