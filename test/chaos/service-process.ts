import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { until } from './until';

const ROOT = path.resolve(__dirname, '../..');
const MAIN = path.join(ROOT, 'dist/src/main.js');
const BUILD = `import(${JSON.stringify(path.join(ROOT, 'scripts/build.mjs'))}).then(({ build }) => build()).then((built) => process.exit(built ? 0 : 1))`;
const BUILD_LIMIT_MS = 120_000;

const DEFAULTS = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  NETWORKS: 'sandbox',
  SANDBOX_LEDGER_MS: '100',
  LEDGER_POLL_MS: '100',
  SANDBOX_DEMO: '0',
  LIMIT_LINKS_PER_HOUR: '100000',
  LIMIT_INVOICES_PER_HOUR: '100000',
  LIMIT_ANONYMOUS_PER_MINUTE: '1000000',
  LIMIT_NONCES_PER_15_MINUTES: '100000',
  LIMIT_SESSIONS_PER_15_MINUTES: '100000',
  LIMIT_PAY_INTENTS_PER_5_MINUTES: '100000',
};

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A line of the service's log; `msg` is always there. */
export interface LogLine {
  readonly msg: string;
  readonly [member: string]: unknown;
}

/**
 * The compiled service as a process of its own, which can be killed, frozen and stopped like in production. Call
 * `buildService` once before and `ServiceProcess.endAll` at the end.
 */
export class ServiceProcess {
  private static readonly all = new Set<ServiceProcess>();
  readonly lines: LogLine[] = [];
  stderr = '';
  private exit: Exit | undefined;

  private constructor(
    readonly url: string,
    readonly env: Readonly<Record<string, string>>,
    private readonly child: ChildProcess,
  ) {
    ServiceProcess.all.add(this);
    readline.createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => this.note(line));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString('utf8')));
    child.once('close', (code, signal) => (this.exit = { code, signal }));
  }

  /** Does not wait for anything: see `ready`. */
  static async launch(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const port = env['PORT'] ?? String(await freePort());
    const dataDir = env['DATA_DIR'] ?? (await mkdtemp(path.join(os.tmpdir(), 'lumentill-chaos-')));
    const all = { ...DEFAULTS, ...env, PORT: port, DATA_DIR: dataDir };
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], { cwd: ROOT, env: { PATH: process.env['PATH'], ...all }, stdio: ['ignore', 'pipe', 'pipe'] });
    return new ServiceProcess(`http://127.0.0.1:${port}`, all, child);
  }

  static async start(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const service = await ServiceProcess.launch(env);
    await service.ready();
    return service;
  }

  /** The same configuration again, after this process has ended: what a supervisor does. */
  async restart(): Promise<ServiceProcess> {
    await this.ended();
    return ServiceProcess.start(this.env);
  }

  /** Kills what is left and removes what it wrote. */
  static async endAll(): Promise<void> {
    for (const service of ServiceProcess.all) {
      await service.kill();
      await rm(service.env['DATA_DIR'] as string, { recursive: true, force: true });
    }
    ServiceProcess.all.clear();
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get running(): boolean {
    return this.exit === undefined;
  }

  /** Waits until it says that it is ready. */
  async ready(): Promise<void> {
    await until(() => !this.running || this.lines.some(({ msg }) => msg === 'ready'), { ms: 60_000, what: 'the service is ready' });
    if (!this.running) throw new Error(`the service ended with ${JSON.stringify(this.exit)} before it was ready:\n${this.stderr}\n${this.lines.map((line) => JSON.stringify(line)).join('\n')}`);
  }

  send(signal: NodeJS.Signals): void {
    if (this.running) this.child.kill(signal);
  }

  /** kill -9: no handler runs, no connection is closed properly. */
  async kill(): Promise<void> {
    this.send('SIGKILL');
    await this.ended();
  }

  async ended(): Promise<Exit> {
    if (this.exit === undefined) await once(this.child, 'close');
    return this.exit as Exit;
  }

  /** SIGTERM; how it ended and after how many milliseconds. */
  async stop(): Promise<Exit & { ms: number }> {
    const start = performance.now();
    this.send('SIGTERM');
    const exit = await this.ended();
    return { ...exit, ms: performance.now() - start };
  }

  /** What it said with this message. */
  said(msg: string): LogLine[] {
    return this.lines.filter((line) => line.msg === msg);
  }

  private note(line: string): void {
    const parsed = JSON.parse(line) as LogLine;
    // One line a request would hide the others, and they are many.
    if (parsed.msg !== 'request') this.lines.push(parsed);
  }
}

/** Brings `dist` up to date; one at a time, because a file may not be started while another run writes it. */
export async function buildService(): Promise<void> {
  const lock = path.join(os.tmpdir(), `lumentill-build-${createHash('sha256').update(ROOT).digest('hex').slice(0, 12)}`);
  await until(() => taken(lock), { ms: BUILD_LIMIT_MS, what: 'nobody else builds' });
  try {
    const child = spawn(process.execPath, ['--input-type=module', '-e', BUILD], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`the service does not compile:\n${Buffer.concat(output).toString('utf8')}`);
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const found = await stat(lock).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > BUILD_LIMIT_MS) await rm(lock, { recursive: true, force: true });
    return false;
  }
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
