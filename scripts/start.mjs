// npm start: builds when something changed, then becomes the service: no process in between, so that signals and
// the exit status are the service's own. With --watch it compiles and restarts on every change.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { requireNode, ROOT } from './project.mjs';

const watching = process.argv.includes('--watch');
requireNode(watching ? 'npm run dev' : 'npm start');
// A relative DATA_DIR means the same folder wherever the command is given.
process.chdir(ROOT);
if (existsSync('.env')) process.loadEnvFile('.env');

const { build } = await import('./build.mjs');
if (!(await build())) process.exit(1);
if (watching) {
  const { watch } = await import('./watch.mjs');
  await watch();
} else {
  process.setSourceMapsEnabled(true);
  const main = path.join(ROOT, 'dist/src/main.js');
  process.argv = [process.argv[0], main, ...process.argv.slice(2)];
  const { createRequire } = await import('node:module');
  createRequire(main)(main);
}
