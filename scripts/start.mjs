// npm start: builds when something changed, then becomes the service: no process in between, so that signals and
// the exit status are the service's own. With --watch it compiles and restarts on every change. npm run start:prod
// (--built) takes what was built, and needs no packages of development.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { requireNode, ROOT } from './project.mjs';

const watching = process.argv.includes('--watch');
const built = process.argv.includes('--built');
const main = path.join(ROOT, 'dist/src/main.js');
if (built) requireNode('npm run start:prod', 'pg');
else requireNode(watching ? 'npm run dev' : 'npm start');
// A relative DATA_DIR means the same folder wherever the command is given.
process.chdir(ROOT);
if (existsSync('.env')) process.loadEnvFile('.env');

if (!built) {
  const { build } = await import('./build.mjs');
  if (!(await build())) process.exit(1);
} else if (!existsSync(main)) {
  console.error('Nothing is built yet: run "npm run build" first.');
  process.exit(1);
}
if (watching) {
  const { watch } = await import('./watch.mjs');
  await watch();
} else {
  process.setSourceMapsEnabled(true);
  process.argv = [process.argv[0], main, ...process.argv.slice(2).filter((each) => each !== '--built')];
  const { createRequire } = await import('node:module');
  createRequire(main)(main);
}
