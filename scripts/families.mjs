// npm run families: writes the tables of docs/families.md anew, from what a started service answers. The test that compares them writes them here.
import path from 'node:path';
import { requireNode, ROOT, runNode } from './project.mjs';

requireNode('npm run families');
const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
process.exitCode = await runNode(
  ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, 'test/contract/families.spec.ts'],
  { env: { ...process.env, WRITE_FAMILIES: 'yes' } },
);
