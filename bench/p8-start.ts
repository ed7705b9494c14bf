import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '../src/database/embedded/start-embedded';
import { cpuMicros, cpuOfDatabase } from './cpu';
import { CORES, pinned } from './pinning';
import { type BenchDatabase, benchDatabase, freePort, ROOT, SERVICE_ENV } from './processes';
import { compare, type Contender, type Round, spreadOf, verdict } from './rounds';

const LIMIT_MS = 120_000;
/** Between two attempts to connect; the figures are this much too high at the most. */
const KNOCK_MS = 2;
/** Starts at most this many times as long as the ceiling. */
const GOAL = 5;

/**
 * From the command to the first answer, each time a new process: the built service on a database that has its schema,
 * against Fastify that says hello. Then the parts: Node alone, the modules, the rest; and a first start with nothing there.
 */
export async function p8(rounds: number): Promise<boolean> {
  console.log('P8 cold start of the built service on an existing database');
  const database = await benchDatabase();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lumentill-bench-'));
  try {
    const env = { ...SERVICE_ENV, DATABASE_URL: database.url, DATA_DIR: folder };
    const service = (name: string, more: Readonly<Record<string, string>>): Contender => ({
      name,
      run: () => startRound('src/main.js', { ...env, ...more }, database),
    });
    const hello: Contender = {
      name: 'node and Fastify that says hello',
      run: () => startRound('bench/ceilings/hello-server.js', {}, database),
    };
    const testnet = { NETWORKS: 'testnet', ROLE: 'api' };
    const comparison = await compare(service('the service', testnet), hello, rounds, 'starts/s');
    const sandbox = await compare(service('the service with its sandbox', {}), hello, rounds, 'starts/s');
    const ms = (rate: number): string => `${(1000 / rate).toFixed(0)} ms`;
    console.log(
      `  ${ms(comparison.ours.rate.median)}, with the sandbox ${ms(sandbox.ours.rate.median)}; hello ${ms(comparison.ceiling.rate.median)}`,
    );
    console.log(`  parts: ${await parts(rounds, env)}`);
    console.log(`  with nothing there yet: ${await firstStart()}`);
    const met = [
      verdict('P8', comparison, { ratio: 1 / GOAL }),
      verdict('P8 with the sandbox', sandbox, { ratio: 1 / GOAL }),
    ];
    return met.every(Boolean);
  } finally {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts a second, so that higher is better as everywhere; the CPU is that of one start. */
async function startRound(
  script: string,
  env: Readonly<Record<string, string>>,
  { postmaster }: BenchDatabase,
): Promise<Round> {
  const before = cpuOfDatabase(postmaster);
  const { ms, serverMicros } = await untilAnswer(script, env);
  const after = cpuOfDatabase(postmaster);
  return {
    rate: 1000 / ms,
    serverMicros,
    databaseMicros: before === undefined || after === undefined ? undefined : after - before,
  };
}

/** Medians of processes that end by themselves, each doing a little more. */
async function parts(rounds: number, env: Readonly<Record<string, string>>): Promise<string> {
  const nothing = await medianMs(rounds, () => untilEnd(['-e', '0'], {}));
  const own = (file: string): string => JSON.stringify(path.join(ROOT, 'dist/src', file));
  const load = `require(${own('packages.js')}); require('reflect-metadata'); require(${own('app.setup.js')}); process.exit(0)`;
  const modules = await medianMs(rounds, () => untilEnd(['-e', load], env));
  return `node ${nothing.toFixed(0)} ms, modules ${(modules - nothing).toFixed(0)} ms`;
}

async function medianMs(rounds: number, once: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const ms = await once();
    if (round >= 0) all.push(ms);
  }
  return spreadOf(all).median;
}

/** `npm start` in a folder without data, from its database on, and what of it initdb and the first start of PostgreSQL take. */
async function firstStart(): Promise<string> {
  const [own, alone] = await Promise.all([0, 1].map(() => mkdtemp(path.join(os.tmpdir(), 'lumentill-bench-'))));
  try {
    const service = await untilAnswer('src/main.js', { DATA_DIR: own as string, LOG_LEVEL: 'error' });
    const start = performance.now();
    const server = await startEmbedded({ dataDir: alone as string });
    const database = performance.now() - start;
    await server.stop();
    return `${service.ms.toFixed(0)} ms, of which initdb and PostgreSQL take ${database.toFixed(0)} ms`;
  } finally {
    for (const each of [own, alone]) await rm(each as string, { recursive: true, force: true });
  }
}

/** From the start of a process to its first answer. It has ended when this returns. */
async function untilAnswer(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly ms: number; readonly serverMicros: number | undefined }> {
  const port = await freePort();
  const [command, args] = pinned(CORES.server, [process.execPath, path.join(ROOT, 'dist', script)]);
  const start = performance.now();
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env['PATH'], ...env, PORT: String(port), HOST: '127.0.0.1' },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}`);
    if (performance.now() - start > LIMIT_MS) throw new Error(`${script} did not answer`);
    await new Promise((resolve) => setTimeout(resolve, KNOCK_MS));
  }
  const ms = performance.now() - start;
  const serverMicros = cpuMicros(child.pid ?? 0);
  child.kill('SIGTERM');
  await ended;
  return { ms, serverMicros };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () =>
      socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'),
    );
    socket.once('data', (chunk) => {
      socket.destroy();
      resolve(chunk.toString('latin1').startsWith('HTTP/1.1 200'));
    });
    socket.once('error', () => resolve(false));
  });
}

async function untilEnd(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const [command, all] = pinned(CORES.server, [process.execPath, ...args]);
  const start = performance.now();
  const child = spawn(command, all, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env['PATH'], ...env },
  });
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return performance.now() - start;
}
