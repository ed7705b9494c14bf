import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbedded } from '../src/database/embedded/start-embedded';
import { migrate } from '../src/database/migrate';
import { childrenOf } from './cpu';
import { CORES, pin, pinned } from './pinning';

export const ROOT = path.resolve(__dirname, '../..');

export interface BenchDatabase {
  readonly url: string;
  /** The main process of PostgreSQL. */
  readonly postmaster: number;
  /** The server's own log. */
  readonly logFile: string;
  stop(): Promise<void>;
}

/** A migrated database of the benchmark's own, durable as in production, on cores of its own. */
export async function benchDatabase(): Promise<BenchDatabase> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lumentill-bench-'));
  const server = await startEmbedded({
    dataDir: folder,
    settings: { shared_buffers: '512MB', max_wal_size: '4GB', max_connections: '200' },
  });
  const postmaster = Number.parseInt(await readFile(path.join(folder, 'postgres/data/postmaster.pid'), 'utf8'), 10);
  for (const pid of [postmaster, ...childrenOf(postmaster)]) pin(pid, CORES.database);
  await migrate(server.url);
  return {
    url: server.url,
    postmaster,
    logFile: path.join(folder, 'postgres/server.log'),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A server in a process of its own, on a core of its own where the machine lets us choose. */
export async function startServer(
  script: string,
  env: Readonly<Record<string, string>>,
  readyPath: string,
  cores: string = CORES.server,
): Promise<ServerProcess> {
  const port = await freePort();
  const [command, args] = pinned(cores, [process.execPath, '--enable-source-maps', path.join(ROOT, 'dist', script)]);
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env['PATH'], ...env, PORT: String(port), HOST: '127.0.0.1' },
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(`${url}${readyPath}`, child);
  return { url, pid: child.pid ?? 0, stop: () => ended(child) };
}

const WIDE_LIMITS = [
  'LINKS_PER_HOUR',
  'INVOICES_PER_HOUR',
  'ANONYMOUS_PER_MINUTE',
  'PAY_INTENTS_PER_5_MINUTES',
  'WRITES_PER_MINUTE',
];
/** How the service runs here: as in production, but with limits that nobody reaches. */
export const SERVICE_ENV: Readonly<Record<string, string>> = {
  ROLE: 'api',
  LOG_LEVEL: 'error',
  SANDBOX_DEMO: '0',
  NODE_ENV: 'production',
  SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
  DATA_DIR: os.tmpdir(),
  ...Object.fromEntries(WIDE_LIMITS.map((name) => [`LIMIT_${name}`, '1000000000'])),
};

/** The service itself, as an API process with wide limits and a quiet log. */
export async function startService(
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
  cores: string = CORES.server,
): Promise<ServerProcess> {
  const service = await startServer(
    'src/main.js',
    {
      ...SERVICE_ENV,
      DATABASE_URL: databaseUrl,
      ...env,
    },
    '/health/live',
    cores,
  );
  // Nobody reads a ledger here, so nobody would find out that no reference of these rows was given out before.
  const client = new Client(databaseUrl);
  await client.connect();
  await client.query('update lives set recovered_at = coalesce(recovered_at, now())');
  await client.end();
  return service;
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not answer within 30 s`);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
