// The order of imports and the homes of time, randomness and the environment. An argument names another root.
import { ROOT } from './project.mjs';
import { readSources } from './rings/parse.mjs';
import { violations } from './rings/rules.mjs';

const sources = readSources(process.argv[2] ?? ROOT, ['src', 'migrations', 'web']);
const found = violations(sources);
for (const line of found) console.error(line);
if (found.length > 0) process.exit(1);
console.log(`${sources.size} files keep the order of rings`);
