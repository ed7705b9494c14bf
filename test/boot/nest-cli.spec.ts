import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { OLDEST_NODE } from '../../src/common/assert-node';
import { freePort } from '../support/free-port';
import { type TestDatabase, testDatabase } from '../support/database';

const ROOT = path.resolve(__dirname, '../..');
const COPIED = ['src', 'migrations', 'bench', 'package.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
const NEST = path.join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');
/** "nest start" compiles one file of what "nest build" has made anew, and starts all of it. */
const ALMOST_NOTHING = 'tsconfig.almost-nothing.json';

/** A receipt by the thread that was built beside its printer. */
const PRINT = `
  require('reflect-metadata');
  const from = (file) => require(process.cwd() + '/dist/src/' + file + '.js');
  const printer = new (from('receipts/receipt-printer.service').ReceiptPrinterService)(from('receipts/receipt-worker-file').BUILT_RECEIPT_WORKER, new (from('common/clock').SystemClock)());
  const receipt = { merchant: 'M', number: 'INV-1', heading: 'Receipt', testMoney: null, title: 'T', description: null, facts: [], lines: [], sums: [], settlement: [], payments: [], notes: null, at: new Date(0) };
  // Its thread waits for more receipts: the program ends once the first is out.
  printer.print('a', receipt).then((pdf) => process.stdout.write(pdf.subarray(0, 8), () => process.exit()));
`;

/** The commands that people who know NestJS type, in a copy of this project. */
describe('the commands of NestJS', () => {
  const project = mkdtempSync(path.join(os.tmpdir(), 'lt-nest-'));
  let database: TestDatabase;

  beforeAll(async () => {
    for (const each of COPIED) cpSync(path.join(ROOT, each), path.join(project, each), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(project, 'node_modules'));
    const almostNothing = {
      extends: './tsconfig.build.json',
      compilerOptions: { noCheck: true, incremental: false },
      include: [],
      files: ['src/common/assert-node.ts'],
    };
    writeFileSync(path.join(project, ALMOST_NOTHING), JSON.stringify(almostNothing));
    database = await testDatabase();
  });

  afterAll(async () => {
    rmSync(project, { recursive: true, force: true });
    await database.drop();
  });

  function nest(...args: string[]): SpawnSyncReturns<string> {
    return spawnSync('npx', ['--no-install', 'nest', ...args], {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, npm_config_update_notifier: 'false' },
    });
  }

  /** Runs until the service says that it is ready, asks it whether it is alive, and ends it; its exit status. */
  async function serve(command: string, args: readonly string[]): Promise<{ live: number; status: number | null }> {
    const port = await freePort();
    const env = {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      PORT: String(port),
      HOST: '127.0.0.1',
      DATABASE_URL: database.url,
      SANDBOX_DEMO: '0',
      DATA_DIR: path.join(project, 'data'),
    };
    // A group of its own: "nest start" is a program that waits for the service.
    const child = spawn(command, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    const closed = once(child, 'close');
    let live = 0;
    for await (const line of readline.createInterface({ input: child.stdout })) {
      if (!line.includes('"msg":"ready"')) continue;
      live = (await fetch(`http://127.0.0.1:${port}/health/live`)).status;
      process.kill(-(child.pid as number), 'SIGTERM');
    }
    const [status] = (await closed) as [number | null];
    return { live, status };
  }

  it('nest build makes a dist that starts, and so does a service by nest start', async () => {
    const built = nest('build');
    expect([built.status, built.stdout, built.stderr]).toEqual([0, '', '']);
    expect(await serve(process.execPath, ['dist/src/main.js'])).toEqual({ live: 200, status: 0 });
    expect(spawnSync(process.execPath, ['-e', PRINT], { cwd: project, encoding: 'utf8' })).toMatchObject({
      stdout: '%PDF-1.3',
      status: 0,
    });
    expect((await serve('npx', ['--no-install', 'nest', 'start', '-p', ALMOST_NOTHING])).live).toBe(200);
  });

  it('nest generate says where a service would go, and asks for no test that this project does not write that way', () => {
    const outcome = nest('generate', 'service', 'vouchers', '--dry-run');
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toContain('CREATE src/vouchers/vouchers.service.ts');
    expect(outcome.stdout).toContain('UPDATE src/app.module.ts');
    expect(outcome.stdout).not.toContain('.spec.ts');
    expect(existsSync(path.join(project, 'src/vouchers'))).toBe(false);
  });

  describe('under an old Node', () => {
    const system = ['/usr/bin/node', '/usr/local/bin/node'].find(
      (file) =>
        existsSync(file) &&
        Number(spawnSync(file, ['-p', 'parseInt(process.versions.node)'], { encoding: 'utf8' }).stdout) <
          OLDEST_NODE[0],
    );
    const onOldNode = system === undefined ? it.skip : it;

    onOldNode.each([
      'dist/src/main.js',
      'dist/src/cli/main.js',
      'dist/src/cli/audit.js',
      'dist/src/cli/demo.js',
      'dist/src/dialects/partner/openapi/write-document.js',
      'dist/bench/main.js',
    ])('%s ends with one line that names what to do', (program) => {
      const outcome = spawnSync(system as string, [program], { cwd: project, encoding: 'utf8' });
      expect(outcome.status).toBe(1);
      expect(outcome.stderr).toMatch(
        /^Node v\S+ is too old: Lumentill needs 24\.11 or newer\. Use "npm run start:prod".*\n$/,
      );
    });

    onOldNode('so does what nest start runs', () => {
      const PATH = [path.dirname(system as string), '/bin'].join(':');
      const outcome = spawnSync(system as string, [NEST, 'start', '-p', ALMOST_NOTHING], {
        cwd: project,
        encoding: 'utf8',
        env: { PATH },
      });
      expect(outcome.stderr).toContain('Use "npm run start:prod"');
      expect(outcome.stderr).not.toMatch(/^\s+at /m);
    });
  });
});

describe('the oldest Node that will do', () => {
  it('is the same in package.json, for the scripts and for the programs', () => {
    const { engines } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    expect(engines.node).toBe(`>=${OLDEST_NODE.join('.')}`);
    expect(readFileSync(path.join(ROOT, 'scripts/project.mjs'), 'utf8')).toContain(
      `const OLDEST_NODE = [${OLDEST_NODE.join(', ')}];`,
    );
  });
});
