// openapi.json must be what the code says. With --write (npm run openapi) it becomes that.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from './build.mjs';
import { requireNode, ROOT } from './project.mjs';

requireNode('npm run openapi');
const file = path.join(ROOT, 'openapi.json');
if (!(await build())) process.exit(1);
const { stdout } = await promisify(execFile)(process.execPath, [path.join(ROOT, 'dist/src/openapi/write-document.js')], { cwd: ROOT, maxBuffer: 32 * 1024 * 1024 });

if (process.argv.includes('--write')) {
  writeFileSync(file, stdout);
  console.log(`openapi.json: ${Object.keys(JSON.parse(stdout).paths).length} paths`);
} else if (read(file) !== stdout) {
  console.error('openapi.json is not what the code says: run "npm run openapi" and commit the difference.');
  process.exit(1);
}

function read(name) {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
