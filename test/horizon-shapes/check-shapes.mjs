/**
 * Compares what the sandbox answers with captured Horizon answers and prints a table; exit code 1 on a difference.
 *
 *   node test/horizon-shapes/check-shapes.mjs <folder of captures> [--write]
 *
 * `--write` also renews shapes.json, the table that the ordinary test run compares with.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';

const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
if (folder === undefined) {
  console.error('usage: node test/horizon-shapes/check-shapes.mjs <folder of captures> [--write]');
  process.exit(2);
}
const root = fileURLToPath(new URL('../..', import.meta.url));
const config = { rootDir: root, testEnvironment: 'node', transform: { '^.+\\.ts$': ['@swc/jest', {}] }, testRegex: 'test/horizon-shapes/.*\\.spec\\.ts$' };
const run = spawnSync(process.execPath, ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--config', JSON.stringify(config)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, HORIZON_FIXTURES: resolve(folder), ...(process.argv.includes('--write') ? { WRITE_SHAPES: 'yes' } : {}) },
});
process.exit(run.status ?? 1);
