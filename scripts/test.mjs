// npm test: jest with the flags it needs; arguments are passed on (npm test -- links --watch).
import { requireNode, ROOT, runNode } from './project.mjs';
import path from 'node:path';

requireNode('npm test');
const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
// jest loads ES modules (NestJS 12) through an interface that Node still calls experimental.
process.exitCode = await runNode([
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  jest,
  ...process.argv.slice(2),
]);
