// npm run build | demo | audit | cli | bench: builds when something changed, then becomes that program, if one was asked for.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { requireNode, ROOT } from './project.mjs';

const PROGRAMS = {
  demo: 'dist/src/cli/demo.js',
  audit: 'dist/src/cli/audit.js',
  cli: 'dist/src/cli/main.js',
  bench: 'dist/bench/main.js',
};

const [name, ...args] = process.argv.slice(2);
const program = PROGRAMS[name];
if (program === undefined && name !== 'build') {
  console.error(`usage: node scripts/run.mjs build|${Object.keys(PROGRAMS).join('|')} [arguments]`);
  process.exit(64);
}
requireNode(`npm run ${name}`);
process.chdir(ROOT);
if (existsSync('.env')) process.loadEnvFile('.env');

const { build } = await import('./build.mjs');
if (!(await build())) process.exit(1);
if (program === undefined) process.exit(0);
process.setSourceMapsEnabled(true);
const file = path.join(ROOT, program);
process.argv = [process.argv[0], file, ...args];
const { createRequire } = await import('node:module');
createRequire(file)(file);
