import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

const ROOT = path.resolve(__dirname, '../..');
/** A small project with the scripts of this one, in a path with a space. */
const project = path.join(mkdtempSync(path.join(os.tmpdir(), 'lt-scripts-')), 'a project');

const MAIN = `
import { word } from './word';
process.on('SIGTERM', () => { console.log('bye'); process.exitCode = 7; clearInterval(alive); });
const alive = setInterval(() => undefined, 1000);
console.log(JSON.stringify({ word, cwd: process.cwd(), secret: process.env['FROM_FILE'] }));
`;
const COMMAND = "console.log(process.argv.slice(2).join('|')); process.exitCode = process.argv.length;";

function put(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
  writeFileSync(path.join(project, file), text);
}

function run(script: string, ...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [path.join(project, 'scripts', script), ...args], { cwd: '/', encoding: 'utf8' });
}

/** Starts the service, takes its first line, ends it, and gives line, last words and exit status. */
async function serve(): Promise<{ first: Record<string, string>; rest: string; status: number }> {
  const child = spawn(process.execPath, [path.join(project, 'scripts/start.mjs')], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const reader = readline.createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    if (lines.length === 1) child.kill('SIGTERM');
  });
  const [status] = (await once(child, 'close')) as [number];
  return { first: JSON.parse(lines[0] ?? '{}') as Record<string, string>, rest: lines.slice(1).join(), status };
}

beforeAll(() => {
  for (const file of ['scripts', 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json'])
    cpSync(path.join(ROOT, file), path.join(project, file), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(project, 'node_modules'));
  put('src/main.ts', MAIN);
  put('src/word.ts', "export const word: string = 'one';");
  put('src/left.ts', 'export const left = 1;');
  put('src/cli/main.ts', COMMAND);
  put('migrations/index.ts', 'export const MIGRATIONS = [];');
  put('bench/main.ts', COMMAND);
  put('.env', 'FROM_FILE=told\n');
});

afterAll(() => rmSync(path.dirname(project), { recursive: true, force: true }));

describe('npm start', () => {
  it('builds, becomes the service in the project folder, and passes on the signal and the exit status', async () => {
    const { first, rest, status } = await serve();
    expect(first).toEqual({ word: 'one', cwd: project, secret: 'told' });
    expect([rest, status]).toEqual(['bye', 7]);
  });

  it('does not build again when nothing changed', async () => {
    const before = statSync(path.join(project, 'dist/.built.json')).mtimeMs;
    expect((await serve()).first['word']).toBe('one');
    expect(statSync(path.join(project, 'dist/.built.json')).mtimeMs).toBe(before);
  });

  it('builds what changed', async () => {
    put('src/word.ts', "export const word: string = 'two';");
    expect((await serve()).first['word']).toBe('two');
  });

  it('leaves no output of a source that is gone', async () => {
    expect(existsSync(path.join(project, 'dist/src/left.js'))).toBe(true);
    rmSync(path.join(project, 'src/left.ts'));
    expect((await serve()).first['word']).toBe('two');
    expect(existsSync(path.join(project, 'dist/src/left.js'))).toBe(false);
  });

  it('does not start what does not compile, even on the second try', () => {
    put('src/word.ts', 'export const word: string = 3;');
    for (const _ of [1, 2]) {
      const outcome = run('start.mjs');
      expect(outcome.status).toBe(1);
      expect(outcome.stdout).toMatch(/word\.ts.*TS2322/);
    }
    put('src/word.ts', "export const word: string = 'two';");
  });
});

describe('npm itself', () => {
  // With no other Node in its path than the one npm runs on: that of the system, where there is one.
  const PATH = [
    '/usr/bin',
    '/usr/local/bin',
    '/bin',
    ...(existsSync('/usr/bin/npm') || existsSync('/usr/local/bin/npm') ? [] : [process.env['PATH']]),
  ].join(':');

  it('run start:prod asks for a build before it starts one', () => {
    rmSync(path.join(project, 'dist'), { recursive: true, force: true });
    const outcome = spawnSync('npm', ['run', '--silent', 'start:prod'], {
      cwd: project,
      encoding: 'utf8',
      env: { PATH },
    });
    // Windows is tried with the second half of the line; here both halves say the same.
    expect([outcome.status, outcome.stdout, outcome.stderr.trim().split('\n')[0]]).toEqual([
      1,
      '',
      'Nothing is built yet: run "npm run build" first.',
    ]);
    expect(
      spawnSync('npm', ['run', '--silent', 'build'], { cwd: project, encoding: 'utf8', env: { PATH } }),
    ).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(existsSync(path.join(project, 'dist/src/main.js'))).toBe(true);
  });

  it.each(['start', 'run start:prod'])(
    '%s hands a signal to the service, waits for it and ends with its status',
    async (command) => {
      const child = spawn('npm', command.split(' '), {
        cwd: project,
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { PATH, npm_config_update_notifier: 'false' },
      });
      const lines: string[] = [];
      readline.createInterface({ input: child.stdout }).on('line', (line) => {
        lines.push(line);
        if (line.startsWith('{')) child.kill('SIGTERM');
      });
      const [status] = (await once(child, 'close')) as [number];
      expect([status, lines.at(-1)]).toEqual([7, 'bye']);
    },
  );
});

describe('npm run', () => {
  it('hands arguments and exit status of a command through', () => {
    const outcome = run('run.mjs', 'cli', 'issue-key', 'a b', '--x');
    expect([outcome.stdout.trim(), outcome.status]).toEqual(['issue-key|a b|--x', 5]);
    expect(run('run.mjs', 'bench').status).toBe(2);
  });

  it('names the commands when it gets another one', () => {
    const outcome = run('run.mjs', 'rm');
    expect([outcome.status, outcome.stderr]).toEqual([64, expect.stringContaining('demo|audit|cli|bench')]);
  });
});

describe('an old Node', () => {
  const system = ['/usr/bin/node', '/usr/local/bin/node'].find(
    (file) =>
      existsSync(file) &&
      Number(spawnSync(file, ['-p', 'parseInt(process.versions.node)'], { encoding: 'utf8' }).stdout) < 24,
  );

  (system === undefined ? it.skip : it).each(['start.mjs', 'run.mjs', 'test.mjs', 'check.mjs'])(
    'is refused by %s with the command that works',
    (script) => {
      const args = script === 'run.mjs' ? ['cli'] : [];
      const outcome = spawnSync(system ?? '', [path.join(project, 'scripts', script), ...args], {
        cwd: '/',
        encoding: 'utf8',
      });
      expect(outcome.status).toBe(1);
      expect(outcome.stderr).toMatch(
        /^Node v\S+ is too old \(24\.11 or newer is needed\): use "npm (start|run start:prod|run cli|run build|test|run check)", which runs the newer Node/,
      );
    },
  );
});

describe('the check of the lock file', () => {
  it('tells an incomplete lock, an address, a missing hash and a loose version', () => {
    const folder = path.join(project, 'lock');
    mkdirSync(folder);
    writeFileSync(
      path.join(folder, 'package.json'),
      JSON.stringify({ dependencies: { a: '^1.0.0', alias: 'npm:@some/other@2.0.0', old: 'npm:other@1.0.0' } }),
    );
    const packages = {
      '': {},
      'node_modules/alias': { version: '2.0.0', integrity: 'sha512-x' },
      'node_modules/old': { version: '2.0.0', integrity: 'sha512-x' },
      'node_modules/a': {
        version: '1.0.0',
        integrity: 'sha512-x',
        optionalDependencies: { 'a-linux': '1.0.0', 'a-mac': '1.0.0' },
      },
      'node_modules/a/node_modules/a-linux': { version: '1.0.0', resolved: 'https://mirror.example/a.tgz' },
    };
    writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages }));
    const outcome = run('check-lockfile.mjs', folder);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr.trim().split('\n')).toEqual([
      'a-mac, optional for node_modules/a, is not locked',
      'node_modules/a/node_modules/a-linux is bound to the address mirror.example',
      'node_modules/a/node_modules/a-linux has no integrity hash',
      'package.json asks for a ^1.0.0: an exact version is wanted',
      'package.json asks for a ^1.0.0, locked is 1.0.0',
      'package.json asks for old npm:other@1.0.0, locked is 2.0.0',
    ]);
  });
});
