// What every script here needs to know about the project. Kept in a syntax that old versions of Node can read.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The oldest Node that can require() the ES modules of our dependencies under jest as well. */
const OLDEST_NODE = [24, 11];

/**
 * Ends with an explanation when the packages or the right Node are missing; `command` is what works instead, `needs` a
 * package it cannot do without.
 */
export function requireNode(command, needs = 'typescript') {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const tooOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  if (!existsSync(path.join(ROOT, 'node_modules', needs))) stop('The packages are not installed: run "npm ci" first.');
  if (!tooOld) return;
  const own = path.join(ROOT, 'node_modules/.bin/node');
  const hint = existsSync(own)
    ? `use "${command}", which runs the newer Node in node_modules`
    : 'npm left out the packaged Node (an optional package); run "npm ci" again without --omit=optional, or install a newer Node';
  stop(`Node ${process.version} is too old (${OLDEST_NODE.join('.')} or newer is needed): ${hint}.`);
}

function stop(message) {
  console.error(message);
  process.exit(1);
}

/** Runs this Node with the arguments in the project's folder; resolves to the exit status, as a shell counts it. */
export function runNode(args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (status, signal) => resolve(signal === null ? status : 128 + os.constants.signals[signal]));
    // The terminal sends Ctrl-C to the child as well: only wait. Other signals reach us alone: pass them on.
    process.on('SIGINT', () => undefined);
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  });
}
