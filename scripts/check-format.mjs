// One form for all code: prettier, lines of 120. `npm run format` writes it.
import path from 'node:path';
import { requireNode, ROOT, runNode } from './project.mjs';

requireNode('npm run format');
const CODE = '{src,sdk,test,migrations,bench,scripts}/**/*.{ts,mjs}';
const how = process.argv.includes('--write') ? '--write' : '--check';
process.exitCode = await runNode(
  [path.join(ROOT, 'node_modules/prettier/bin/prettier.cjs'), how, '--log-level', 'warn', CODE, '*.mjs'],
  { cwd: ROOT },
);
