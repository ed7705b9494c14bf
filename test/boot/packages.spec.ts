import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { PackIndex } from '../../src/packages';

const ROOT = path.resolve(__dirname, '../..');
/** A root of its own: packs are written below it, of the packages that are installed here. */
const project = mkdtempSync(path.join(os.tmpdir(), 'lt-packs-'));
const INDEX = path.join(project, 'dist/packages/index.json');

/** A process without the registry of jest. It tells every file that it loads, whatever kind of module that is. */
const PREPARE = `
  const fs = require('node:fs');
  const { transformSync } = require('@swc/core');
  require.extensions['.ts'] = (module, filename) => module._compile(transformSync(fs.readFileSync(filename, 'utf8'), { filename }).code, filename);
  const loaded = [];
  require('node:module').registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  const packed = require('./src/packages.ts').usePacks(${JSON.stringify(project)});
  const print = (value) => fs.writeSync(1, JSON.stringify(value));
`;

async function node(script: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '-e', script], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] },
    maxBuffer: 16_000_000,
  });
  return JSON.parse(stdout) as unknown;
}

const index = (): PackIndex => JSON.parse(readFileSync(INDEX, 'utf8')) as PackIndex;

beforeAll(async () => {
  for (const each of ['scripts', 'package.json', 'package-lock.json'])
    cpSync(path.join(ROOT, each), path.join(project, each), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(project, 'node_modules'));
  const pack = JSON.stringify(path.join(project, 'scripts/pack.mjs'));
  expect(
    await node(`import(${pack}).then(async ({ pack, isPacked }) => { await pack(); console.log(isPacked()); })`),
  ).toBe(true);
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

it('no process of the packer is left beside the service that goes on in the same process', async () => {
  const pack = JSON.stringify(path.join(project, 'scripts/pack.mjs'));
  const ended = await node(`
    const children = require('node:child_process');
    const { spawn } = children;
    const started = [];
    children.spawn = (...all) => {
      const child = spawn(...all);
      started.push(child);
      return child;
    };
    const endOf = (child) => new Promise((resolve) => (child.ref(), child.once('exit', () => resolve('ended'))));
    import(${pack}).then(async ({ pack }) => {
      await pack();
      console.log(JSON.stringify(await Promise.all(started.map((child) => (child.killed ? endOf(child) : 'left')))));
    })`);
  expect(ended).toEqual(['ended']);
});

it('a start loads few files of packages, and none of what is packed', async () => {
  const loaded = (await node(`${PREPARE}
    require('reflect-metadata');
    require('./src/app.setup.ts');
    require('./src/app.sandbox.ts').sandboxModules(require('./src/env.ts').readEnv({ NETWORKS: 'sandbox' }));
    require('./src/database/migrate.ts');
    print(loaded.filter((url) => !url.startsWith('node:')));
  `)) as string[];
  const ofPackages = loaded.flatMap((url) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  expect(new Set(ofPackages)).toEqual(new Set(['class-validator', 'validator']));
  expect(ofPackages.length).toBeLessThanOrEqual(50);
  expect(loaded.filter((url) => url.includes('/dist/packages/'))).toHaveLength(2);
});

it('packages have the same names and classes in a pack as where they are installed', async () => {
  const names = Object.values(index().files).map(([, name]) => name);
  const tell = (prepare: string): Promise<unknown> =>
    node(`${prepare}
      const told = (value) => typeof value === 'function' ? [value.name, value.length] : typeof value;
      const facts = ${JSON.stringify(names)}.map((name) => {
        const exported = require(name);
        return [name, Object.keys(exported).filter((key) => key !== 'module.exports').sort().map((key) => [key, told(exported[key])])];
      });
      require('node:fs').writeSync(1, JSON.stringify(facts));
    `);
  const [packed, installed] = [await tell(PREPARE), await tell('')];
  expect(names.length).toBeGreaterThan(10);
  expect(packed).toEqual(installed);
});

it('there is one of each: what a pack does not hold gets its packages from the pack', async () => {
  expect(
    await node(`${PREPARE}
      const { PlatformTools } = require('typeorm/platform/PlatformTools');
      const { Reflector } = require('@nestjs/core');
      print([PlatformTools.load('pg') === require('pg'), packed > 0, Reflector.name, loaded.some((url) => url.includes('node_modules/pg/'))]);
    `),
  ).toEqual([true, true, 'Reflector', false]);
});

it('a package finds the files beside its own', async () => {
  const log = path.join(project, 'told.log');
  await node(`${PREPARE}
    const pino = require('pino');
    const transport = pino.transport({ target: 'pino/file', options: { destination: ${JSON.stringify(log)} } });
    transport.on('ready', () => { pino(transport).info('heard'); transport.end(); });
    process.on('exit', () => print(packed));
  `);
  expect(readFileSync(log, 'utf8')).toContain('heard');
});

it('packs of other versions than are installed are left alone', async () => {
  const before = readFileSync(INDEX, 'utf8');
  const told = `${PREPARE} require('pg'); print([packed, loaded.some((url) => url.includes('node_modules/pg/'))]);`;
  expect(await node(told)).toEqual([Object.keys(index().files).length, false]);
  try {
    writeFileSync(INDEX, JSON.stringify({ ...index(), lock: 'of another day' }));
    expect(await node(told)).toEqual([0, true]);
    rmSync(INDEX);
    expect(await node(told)).toEqual([0, true]);
  } finally {
    writeFileSync(INDEX, before);
  }
});

it('a folder that cannot be written leaves the build as it was: the service starts more slowly', async () => {
  const other = mkdtempSync(path.join(os.tmpdir(), 'lt-unpacked-'));
  try {
    cpSync(path.join(ROOT, 'scripts'), path.join(other, 'scripts'), { recursive: true });
    writeFileSync(path.join(other, 'dist'), 'no folder');
    const pack = JSON.stringify(path.join(other, 'scripts/pack.mjs'));
    const told = await node(`
      const told = [];
      console.error = (line) => told.push(line);
      import(${pack}).then(async ({ pack, isPacked }) => { await pack(); console.log(JSON.stringify([isPacked(), told])); })`);
    expect(told).toEqual([
      false,
      [expect.stringMatching(/^The packages were not packed, so every start takes longer: /)],
    ]);
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});
