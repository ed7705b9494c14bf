/**
 * Compares what the sandbox answers with captured Horizon answers and prints a table; exit code 1 on a difference.
 * Any folder will do: its files are told apart by what they hold, and what it has no sample of is not compared.
 *
 *   node test/horizon-shapes/check-shapes.mjs <folder of captures> [--write]
 *
 * `--write` also renews in shapes.json, the table that the ordinary test run compares with, what the folder has samples of.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
if (folder === undefined) {
  console.error('usage: node test/horizon-shapes/check-shapes.mjs <folder of captures> [--write]');
  process.exit(2);
}
if (!existsSync(folder) || !statSync(folder).isDirectory()) {
  console.error(`there is no folder ${folder}`);
  process.exit(2);
}
const root = fileURLToPath(new URL('../..', import.meta.url));
const config = {
  rootDir: root,
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['@swc/jest', {}] },
  testRegex: 'test/horizon-shapes/horizon-shapes\\.spec\\.ts$',
  testTimeout: 600_000,
};
// jest needs the Node that the project runs on; whoever types "node" may have an older one.
const own = resolve(root, 'node_modules/.bin/node');
const run = spawnSync(
  existsSync(own) ? own : process.execPath,
  ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--config', JSON.stringify(config)],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      HORIZON_FIXTURES: resolve(folder),
      ...(process.argv.includes('--write') ? { WRITE_SHAPES: 'yes' } : {}),
    },
  },
);
process.exit(run.status ?? 1);
