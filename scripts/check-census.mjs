// Which statements touch more than one merchant: each must be listed with its reason. An argument names another root.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { censusFaults } from './census/faults.mjs';
import { ROOT } from './project.mjs';

const root = process.argv[2] ?? ROOT;
const tables = JSON.parse(readFileSync(path.join(root, 'migrations/tables.json'), 'utf8'));
const kinds = Object.fromEntries(
  Object.entries(tables).flatMap(([kind, names]) => Object.keys(names).map((name) => [name, kind])),
);
const { CROSSING } = await import(pathToFileURL(path.join(root, 'scripts/census/crossing.mjs')).href);
const { faults, counts } = censusFaults(root, kinds, CROSSING);
for (const line of faults) console.error(line);
if (faults.length > 0) process.exit(1);
console.log(
  `${counts.one} statements about tenants name one merchant, ${counts.keys + counts.directory + counts.all} others are listed`,
);
