import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { MIGRATIONS } from '../../migrations';
import { migrationNames, migrationTimes } from '../../src/database/migrate';

const ROOT = path.resolve(__dirname, '../..');
/** Jest has a registry of modules of its own: only a process without it shows what a start loads. */
const CHILD = `
  const fs = require('node:fs');
  const { transformSync } = require('@swc/core');
  require.extensions['.ts'] = (module, filename) => module._compile(transformSync(fs.readFileSync(filename, 'utf8'), { filename }).code, filename);
  require('reflect-metadata');
  require('./src/app.setup.ts');
  require('./src/database/migrate.ts');
  if (process.argv[1] === 'sandbox') require('./src/app.sandbox.ts').sandboxModules(require('./src/env.ts').readEnv({ NETWORKS: 'sandbox' }));
  console.log(JSON.stringify(Object.keys(require.cache)));
`;

async function loadedBy(what: 'start' | 'sandbox'): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '-e', CHILD, what], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] },
    maxBuffer: 16_000_000,
  });
  return (JSON.parse(stdout) as string[]).map((file) => path.relative(ROOT, file).replaceAll(path.sep, '/'));
}

/** What a start would load for nothing: each is loaded by whoever needs it first. */
const RARE = [
  'node_modules/@stellar/',
  'node_modules/typeorm/',
  'node_modules/libphonenumber-js/',
  'node_modules/pdfkit/',
  'node_modules/fontkit/',
  'node_modules/class-validator/cjs/index.js',
  'src/sandbox/ledger/',
  'src/demo-seed.ts',
  'src/dialects/partner/openapi/document.ts',
  'migrations/',
];

describe('a start', () => {
  it('loads nothing that is rarely used', async () => {
    const loaded = await loadedBy('start');
    expect(loaded).toContain('src/app.module.ts');
    expect(loaded.filter((file) => RARE.some((each) => file.startsWith(each)))).toEqual([]);
  });

  it('loads the sandbox where it is hosted', async () => {
    const loaded = await loadedBy('sandbox');
    expect(loaded).toContain('src/sandbox/ledger/sandbox-ledger.ts');
    expect(loaded.some((file) => file.startsWith('node_modules/@stellar/'))).toBe(true);
  });
});

it('the files of migrations tell the times of all of them: a start looks no further when those are applied', () => {
  expect(migrationNames()).toEqual(MIGRATIONS.map(({ name }) => name));
  expect(migrationTimes().toSorted()).toEqual(MIGRATIONS.map(({ name }) => name.slice(-13)).toSorted());
});
