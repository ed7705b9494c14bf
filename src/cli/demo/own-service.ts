import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '../../common/clock';
import { CommandFailure } from '../command';

export interface OwnService {
  readonly url: string;
  stop(): Promise<void>;
}

const MAIN = path.join(__dirname, '../../main.js');
const START_LIMIT_MS = 120_000;
const POLL_MS = 100;

/** The built service with the settings it has without any, in a folder that is removed again. */
export async function startOwnService(clock: Clock): Promise<OwnService> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'lumentill-demo-'));
  const port = await freePort();
  // Nothing of our own environment: a .env made for production must not reach a demo.
  const env = {
    NODE_ENV: 'development',
    NETWORKS: 'sandbox',
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    SANDBOX_DEMO: '0',
  };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await ready(url, child, clock);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function ready(url: string, child: ChildProcess, clock: Clock): Promise<void> {
  const end = clock.monotonicMs() + START_LIMIT_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null)
      throw new CommandFailure(`The service ended with status ${child.exitCode} while it started.`);
    if (clock.monotonicMs() > end)
      throw new CommandFailure(`The service is not ready after ${START_LIMIT_MS / 1000} seconds.`);
    await clock.sleep(POLL_MS);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false; // nothing listens there yet
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
