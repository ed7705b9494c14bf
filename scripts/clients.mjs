// node scripts/clients.mjs FOLDER: clients made from openapi.json by the generators that integrators use, as they
// come: openapi-typescript, hey-api and orval, with zod where they offer it. The tests compile what they write.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { generate } from 'orval';
import { requireNode, ROOT } from './project.mjs';

requireNode('node scripts/clients.mjs');
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Name the folder to write to: node scripts/clients.mjs FOLDER');
  process.exit(1);
}
const input = path.join(ROOT, 'openapi.json');
const place = (name) => path.resolve(folder, name);

mkdirSync(path.resolve(folder), { recursive: true });
writeFileSync(place('openapi-typescript.ts'), astToString(await openapiTypescript(pathToFileURL(input))));
await createClient({
  input,
  output: { path: place('hey-api') },
  plugins: ['@hey-api/typescript', '@hey-api/sdk', '@hey-api/client-fetch', 'zod'],
  logs: { level: 'silent' },
});
for (const client of ['fetch', 'zod'])
  await generate({ input: { target: input }, output: { target: place(`orval/${client}.ts`), client, mode: 'single' } });
