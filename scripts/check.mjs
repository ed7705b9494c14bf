// npm run check: everything that can be told without running the service. Each step prints its time; what it has
// to say is shown only when it fails. Steps are the tools below and every scripts/check-*.mjs.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { requireNode, ROOT } from './project.mjs';

requireNode('npm run check');

const tool = (file) => path.join('node_modules', file);
const linted = ['src', 'sdk', 'test', 'migrations', 'bench', 'scripts'].filter((folder) =>
  existsSync(path.join(ROOT, folder)),
);
const steps = [
  {
    name: 'lint and types',
    args: [tool('oxlint/bin/oxlint'), '--type-aware', '--type-check', '--deny-warnings', ...linted],
  },
  { name: 'dead code', args: [tool('knip/bin/knip.js')] },
  ...readdirSync(path.join(ROOT, 'scripts'))
    .filter((file) => /^check-.+\.mjs$/.test(file))
    .map((file) => ({ name: file.slice('check-'.length, -'.mjs'.length), args: [path.join('scripts', file)] })),
];

const waiting = [...steps];
const failed = [];
const workers = Math.min(steps.length, Math.max(2, os.availableParallelism()));
await Promise.all(Array.from({ length: workers }, work));
console.log(
  failed.length === 0
    ? `${steps.length} checks passed`
    : `${failed.length} of ${steps.length} checks failed: ${failed.join(', ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

async function work() {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const start = performance.now();
    const { status, output } = await run(step.args);
    if (status !== 0) failed.push(step.name);
    console.log(
      `${status === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${((performance.now() - start) / 1000).toFixed(1)} s)`,
    );
    if (status !== 0) console.log(output.trimEnd().replace(/^/gm, '       '));
  }
}

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ status: 1, output: String(error) }));
    child.on('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString('utf8') }));
  });
}
