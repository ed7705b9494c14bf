// Development: the compiler and the service, each watching. Both end with this process.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './project.mjs';
import { TSC } from './build.mjs';

/** Runs until a signal; resolves when both have ended. */
export async function watch() {
  const options = { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] };
  // A group of its own: the compiler is a native program behind a small script, and a signal must reach both.
  const compiler = spawn(process.execPath, [TSC, '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'], {
    ...options,
    detached: true,
  });
  const service = spawn(process.execPath, ['--watch', '--enable-source-maps', path.join(ROOT, 'dist/src/main.js')], {
    ...options,
    detached: true,
  });
  const children = [compiler, service];
  const end = () =>
    children
      .filter((child) => child.exitCode === null && child.signalCode === null)
      .forEach((child) => process.kill(-child.pid, 'SIGTERM'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  await Promise.all(children.map((child) => new Promise((resolve) => child.on('exit', () => resolve(end())))));
}
