import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';
import { freePort } from '../support/free-port';
import { begin } from '../support/hooks';
import { TEST_ENV } from '../support/test-env';
import { until } from './until';

const ROOT = path.resolve(__dirname, '../..');
const MAIN = 'dist/src/main.js';
/** Not shared with the project's own folder: what is built, and what is written. */
const OWN = ['dist', '.data', '.git', 'src', 'migrations', 'scripts', 'test', '.env'];

const DEFAULTS = {
  ...TEST_ENV,
  HOST: '127.0.0.1',
  SANDBOX_LEDGER_MS: '100',
  LEDGER_POLL_MS: '100',
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
 * `buildService` before and `ServiceProcess.killAll` at the end.
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
    begin(() => this.kill());
    readline.createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => this.note(line));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString('utf8')));
    child.once('close', (code, signal) => (this.exit = { code, signal }));
  }

  /** Does not wait for anything: see `ready`. */
  static async launch(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const port = env['PORT'] ?? String(await freePort());
    const dataDir = env['DATA_DIR'] ?? (await mkdtemp(path.join(os.tmpdir(), 'lumentill-chaos-')));
    const all = { ...DEFAULTS, ...env, PORT: port, DATA_DIR: dataDir };
    return new ServiceProcess(`http://127.0.0.1:${port}`, all, run(MAIN, all));
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
  static async killAll(): Promise<void> {
    for (const service of ServiceProcess.all) {
      await service.kill();
      await endPostgres(service.env['DATA_DIR'] as string);
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
    await until(() => !this.running || this.lines.some(({ msg }) => msg === 'ready'), { what: 'the service is ready' });
    if (!this.running) throw new Error(`the service ended before it was ready: ${this.lastWords()}`);
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

  /** SIGTERM; what it complained of when it did not end well. */
  async stop(): Promise<{ complaint: string }> {
    this.send('SIGTERM');
    const { code } = await this.ended();
    return { complaint: code === 0 ? '' : this.lastWords() };
  }

  /** `npm run audit` on this service's books and ledger; throws what it says when a rule is broken. */
  async audit(): Promise<void> {
    const child = run('dist/src/cli/audit.js', this.env);
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output.push(chunk));
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`the audit ended with ${code}:\n${Buffer.concat(output).toString('utf8')}`);
  }

  /** What a command of `npm run cli` prints, told to this service's configuration. */
  async cli(...words: readonly string[]): Promise<string> {
    const child = run('dist/src/cli/main.js', this.env, words);
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output.push(chunk));
    const [code] = (await once(child, 'close')) as [number];
    const text = Buffer.concat(output).toString('utf8');
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}:\n${text}`);
    return text;
  }

  /** What it said before it died of itself; empty while it lives. */
  lastWords(): string {
    return this.running
      ? ''
      : `${JSON.stringify(this.exit)}\n${this.stderr}\n${this.lines
          .slice(-3)
          .map((line) => JSON.stringify(line))
          .join('\n')}`;
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

/** A service that is killed leaves its embedded server running, for the next one. */
async function endPostgres(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'postgres/data/postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n', 1)[0]);
  if (pid === 0) return;
  try {
    process.kill(pid, 'SIGCONT');
    process.kill(pid, 'SIGQUIT');
  } catch {
    return; // the file outlived its server
  }
  await until(() => !existsSync(file) || !isAlive(pid), { what: 'the embedded PostgreSQL has ended' });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

let built: string | undefined;

/**
 * Compiles the service, once for the whole run, into a folder that is laid out like the project: a file that another run
 * is writing at this moment is never started. Wrong types are for other checks to find; they do not stop the compiler.
 */
export async function buildService(): Promise<void> {
  const folder = path.join(process.env['TEST_RUN_FOLDER'] as string, 'build');
  const done = path.join(folder, 'compiled');
  const output = (await first(folder))
    ? await compileInto(folder, done)
    : await until(() => readFile(done, 'utf8').catch(() => undefined), {
        what: 'another file has compiled the service',
      });
  if (!existsSync(path.join(folder, MAIN))) throw new Error(`the service does not compile:\n${output}`);
  built = folder;
}

/** Of all files that need the service, one is the first. */
async function first(folder: string): Promise<boolean> {
  return mkdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** What the compiler said, also kept in `done`, which appears when it has ended. */
async function compileInto(folder: string, done: string): Promise<string> {
  for (const entry of await readdir(ROOT))
    if (!OWN.includes(entry)) await symlink(path.join(ROOT, entry), path.join(folder, entry));
  const include = ['src', 'migrations'].map((name) => path.join(ROOT, name));
  const compilerOptions = {
    rootDir: ROOT,
    outDir: path.join(folder, 'dist'),
    tsBuildInfoFile: path.join(folder, 'dist/.tsbuildinfo'),
    typeRoots: [path.join(ROOT, 'node_modules/@types')],
  };
  const settings = path.join(folder, 'tsconfig.chaos.json');
  await writeFile(
    settings,
    JSON.stringify({
      extends: path.join(ROOT, 'tsconfig.build.json'),
      compilerOptions,
      include,
      exclude: ['**/*.spec.ts'],
    }),
  );
  // As "npm start" does it: the packages of every start are packed for this folder, so its scripts are its own.
  await cp(path.join(ROOT, 'scripts'), path.join(folder, 'scripts'), { recursive: true });
  const packing = `import(${JSON.stringify(pathToFileURL(path.join(folder, 'scripts/pack.mjs')).href)}).then(({ pack }) => pack())`;
  const said = await Promise.all([
    outputOf([path.join(ROOT, 'node_modules/typescript-7/bin/tsc'), '-p', settings]),
    outputOf(['-e', packing]),
  ]);
  const text = said.join('');
  await writeFile(`${done}.new`, text);
  await rename(`${done}.new`, done);
  return text;
}

/** Of this Node with these arguments, on both streams. */
async function outputOf(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  await once(child, 'close');
  return Buffer.concat(output).toString('utf8');
}

function run(program: string, env: Readonly<Record<string, string>>, words: readonly string[] = []): ChildProcess {
  if (built === undefined) throw new Error('call buildService first');
  return spawn(process.execPath, ['--enable-source-maps', path.join(built, program), ...words], {
    cwd: built,
    // Every start compiles the same files: those that end well leave what they compiled for the next.
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: path.join(built, 'compiled-code'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
