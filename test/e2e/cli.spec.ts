import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Keypair, Memo } from '@stellar/stellar-sdk';
import { CommandFailure } from '../../src/cli/command';
import { runCli } from '../../src/cli/run-cli';
import { readEnv } from '../../src/env';
import { ApiClient } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { freePort } from '../support/free-port';
import { testDatabase } from '../support/database';
import { PartnerCaller } from '../support/partner-caller';

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

const ROOT = path.resolve(__dirname, '../..');
const UNREADABLE = '1'.repeat(64);
let app: TestApp;
let folder: string;

beforeAll(async () => {
  app = await TestApp.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lumentill-cli-'));
  // As npm runs it, which compiles first; the tests then start what was compiled.
  expect(await run([path.join(ROOT, 'scripts/run.mjs'), 'cli', 'help'], {})).toMatchObject({ status: 0 });
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

function program(
  name: 'main' | 'audit' | 'demo',
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return run([path.join(ROOT, `dist/src/cli/${name}.js`), ...args], env);
}

async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const mine = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'test',
    DATA_DIR: folder,
    DATABASE_URL: app.databaseUrl,
    PORT: String(app.env.port),
    PUBLIC_URL: app.url,
    ...env,
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env: mine, cwd: folder });
    return { status: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, out: stdout, err: stderr };
  }
}

/** In this process, which spares the start of another; `program` shows that the two are the same. */
async function cli(...args: string[]): Promise<Ended> {
  try {
    const out = await runCli(args, () =>
      readEnv({ NODE_ENV: 'test', DATA_DIR: folder, DATABASE_URL: app.databaseUrl }),
    );
    return { status: 0, out: `${out}\n`, err: '' };
  } catch (error) {
    if (error instanceof CommandFailure) return { status: error.exitCode, out: '', err: `${error.message}\n` };
    throw error;
  }
}
// oxlint-disable-next-line typescript/no-explicit-any
const json = async (...args: string[]): Promise<any> => {
  const ended = await cli(...args, '--json');
  if (ended.status !== 0) throw new Error(`${args.join(' ')}: ${ended.err}`);
  return JSON.parse(ended.out);
};

describe('npm run cli', () => {
  const wallet = Keypair.random().publicKey();
  let merchantId: string;

  it('explains itself, and refuses what it does not know', async () => {
    const help = await cli();
    expect(help.out).toContain('merchants create');
    const commands = [...help.out.matchAll(/^ {2}([a-z-]+ [a-z-]+) /gm)].map(([, name = '']) => name);
    expect(commands.length).toBeGreaterThan(10);
    const texts = [
      help.out,
      ...(await Promise.all(commands.map((name) => cli('help', ...name.split(' '))))).map(({ out }) => out),
    ];
    expect(texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 120)).toEqual([]);
    expect(await cli('help', 'keys', 'issue')).toMatchObject({
      status: 0,
      out: expect.stringContaining('--scopes A,B'),
    });
    expect(await cli('cursor', 'set', '--help')).toMatchObject({
      status: 0,
      out: expect.stringContaining('--skip-history'),
    });
    expect(await cli('merchants', 'destroy')).toMatchObject({
      status: 64,
      err: expect.stringContaining('There is no command "merchants destroy"'),
    });
    expect(await cli('merchants', 'list', '--colour')).toMatchObject({
      status: 64,
      err: expect.stringContaining('--colour'),
    });
    expect(await program('main', ['merchants', 'list', '--colour'])).toMatchObject({
      status: 64,
      err: expect.stringContaining('--colour'),
    });
    expect(await program('main', ['merchants', 'list'])).toMatchObject({ status: 0, err: '' });
    expect(await cli('merchants', 'list', '--limit', '0')).toMatchObject({ status: 64 });
    expect(await program('main', ['merchants', 'list'], { PORT: 'many' })).toMatchObject({
      status: 78,
      err: expect.stringContaining('PORT must be'),
    });
  });

  it('opens a merchant once', async () => {
    const first = await json('merchants', 'create', '--name', 'Tea House', '--wallet', wallet);
    expect(first).toEqual({ merchantId: expect.any(String), created: true });
    ({ merchantId } = first);
    expect(await json('merchants', 'create', '--name', 'Other', '--wallet', wallet)).toEqual({
      merchantId,
      created: false,
    });
    expect(await json('merchants', 'list')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: merchantId, name: 'Tea House', network: 'sandbox', invoices: '0' }),
      ]),
    );
    expect(await json('merchants', 'wallets', '--merchant', merchantId)).toEqual([
      { use: 'receives (default)', network: 'sandbox', address: wallet },
      { use: 'signs in as owner', network: 'any', address: wallet },
    ]);
    expect(await cli('merchants', 'create', '--name', 'Bad', '--wallet', 'GNOBODY')).toMatchObject({
      status: 64,
      err: '--wallet must be a Stellar address (G...)\n',
    });
    expect(await cli('merchants', 'create', '--name', 'Bad')).toMatchObject({
      status: 64,
      err: '--wallet is required\n',
    });
  });

  it('issues keys that work until they are revoked, and shows no secret twice', async () => {
    const { id, apiKey } = await json(
      'keys',
      'issue',
      '--merchant',
      merchantId,
      '--label',
      'Till 1',
      '--scopes',
      'links:read,links:write',
    );
    const client = await json('keys', 'issue', '--merchant', merchantId, '--kind', 'client');
    const me = (headers: Record<string, string>): Promise<number> =>
      new ApiClient(app.url, headers).get('/api/auth/me').then((answer) => answer.status);
    expect(await me({ authorization: `Bearer ${apiKey}` })).toBe(200);
    expect(await me({ 'x-client-key': client.clientKey, 'x-client-secret': client.clientSecret })).toBe(200);
    const listed = await cli('keys', 'list', '--merchant', merchantId);
    expect(listed.out).toContain('Till 1');
    expect(listed.out).not.toContain(apiKey);
    expect(listed.out).not.toContain(client.clientSecret);
    expect(await cli('keys', 'revoke', '--merchant', merchantId, id)).toMatchObject({ status: 0 });
    expect(await me({ authorization: `Bearer ${apiKey}` })).toBe(401);
    expect(await cli('keys', 'revoke', '--merchant', merchantId, id)).toMatchObject({
      status: 1,
      err: expect.stringContaining('no live key'),
    });
    expect(await cli('keys', 'issue', '--merchant', merchantId, '--scopes', 'all:all')).toMatchObject({ status: 64 });
    expect(await cli('keys', 'issue', '--merchant', merchantId, '--network', 'public')).toMatchObject({ status: 64 });
    expect(await cli('keys', 'issue', '--merchant', 'nobody')).toMatchObject({ status: 1 });
  });

  it('shows what waits for a human, harmless to the terminal', async () => {
    const merchant = await app.merchant();
    const payer = await app.wallet();
    const [careless, elsewhere] = [await app.wallet(), await app.merchant()];
    await careless.pay(elsewhere.wallet.address, '2', { memo: Memo.text(' INV-0001 ') });
    await payer.pay(merchant.wallet.address, '3', { memo: Memo.text('\u001b[31mred\u0007') });
    await app.sql(
      `insert into quarantined_items (network, operation_id, reason, raw, recorded_at) values ('sandbox', 1, 'unreadable', '{"raw":"${UNREADABLE}"}', now())`,
    );
    const suspended = await eventually(
      () => json('payments', 'suspense'),
      (rows: { from: string }[]) => rows.some((row) => row.from === payer.address),
    );
    expect(suspended).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          outcome: 'unknown_reference',
          amount: '3.00 XLM',
          memo: 'text 0x1b5b33316d72656407',
          from: payer.address,
        }),
      ]),
    );
    // A reference that only blanks keep from being one: they are seen, and 120 columns hold all of it.
    const shown = (await cli('payments', 'suspense')).out;
    expect(shown).toContain('text " INV-0001 "');
    expect(shown.split('\n').filter((line) => line.length > 120)).toEqual([]);
    expect(await json('payments', 'suspense', '--merchant', merchantId)).toEqual([]);
    expect((await cli('payments', 'suspense', '--merchant', merchantId)).out).toBe('None.\n');
    const partner = PartnerCaller.bearer(app.url, merchant.token);
    const { id } = (await partner.get('/payments?filter[status]=held')).body.data[0];
    await partner.create('paymentResolutions', '/payment_resolutions', {
      attributes: { action: 'dismiss', reason: 'a gift' },
      relationships: { payment: { data: { type: 'payments', id } } },
    });
    expect((await json('payments', 'suspense')).some((row: { from: string }) => row.from === payer.address)).toBe(
      false,
    );
    const quarantine = await cli('quarantine', 'list');
    expect(quarantine.out).toContain('unreadable');
    expect(quarantine.out).not.toContain(UNREADABLE);
    expect((await json('quarantine', 'list'))[0].raw).toContain(UNREADABLE);
    const [{ operationId }] = await json('quarantine', 'list');
    expect(await cli('quarantine', 'clear', '--network', 'sandbox', operationId)).toMatchObject({
      status: 1,
      err: expect.stringContaining('Add --yes'),
    });
    expect(await cli('quarantine', 'clear', '--network', 'sandbox', '--yes', 'it')).toMatchObject({ status: 64 });
    expect(await json('quarantine', 'clear', '--network', 'sandbox', '--yes', operationId)).toMatchObject({
      operationId,
      reason: 'unreadable',
    });
    expect(await cli('quarantine', 'clear', '--network', 'sandbox', '--yes', operationId)).toMatchObject({
      status: 1,
      err: expect.stringContaining('is not in quarantine'),
    });
    expect(await json('quarantine', 'list')).toEqual([]);
  });

  it('says when the schema is not there', async () => {
    expect(
      await program('main', ['cursor', 'show'], { DATABASE_URL: '', DATA_DIR: path.join(folder, 'nothing') }),
    ).toMatchObject({ status: 66, err: expect.stringContaining('There is no database in') });
    expect(await cli('migrate')).toMatchObject({ status: 0, out: 'The schema is up to date.\n' });
    const empty = await testDatabase();
    const other = { DATABASE_URL: empty.url };
    await app.sql('select 1');
    expect(await program('audit', [], other)).toMatchObject({
      status: 0,
      out: expect.stringContaining('sandbox has not been read yet'),
    });
    await empty.drop();
    expect((await program('main', ['merchants', 'list'], other)).status).toBe(1);
  });
});

describe('npm run cli -- cursor', () => {
  it('moves only when told to, and reading again records nothing twice', async () => {
    const [{ readLedger, reader }] = await json('cursor', 'show');
    expect(readLedger).toBeGreaterThan(0);
    expect(reader).not.toBeNull();
    expect(await cli('cursor', 'set', '--network', 'sandbox', '--ledger', '1')).toMatchObject({
      status: 1,
      err: expect.stringContaining('Add --yes'),
    });
    expect(await cli('cursor', 'set', '--network', 'sandbox', '--ledger', '99999999', '--yes')).toMatchObject({
      status: 1,
      err: expect.stringContaining('--skip-history'),
    });
    expect(await cli('cursor', 'set', '--network', 'testnet', '--ledger', '1', '--yes')).toMatchObject({ status: 64 });
    const books = (): Promise<unknown[]> =>
      app.sql(`select operation_id, change_index, outcome from payments where memo_type <> 'none' order by 1, 2`);
    const before = await books();
    expect(before).toHaveLength(2);
    const moved = await eventually(
      () => cli('cursor', 'set', '--network', 'sandbox', '--ledger', '1', '--yes'),
      (ended) => ended.status === 0,
    );
    expect(moved.out).toContain('readLedger  1');
    await eventually(
      () => app.sql<{ ledger: number }>('select ledger from ledger_cursors where ingested_through is not null'),
      ([row]) => (row?.ledger ?? 0) >= readLedger,
    );
    expect(await books()).toEqual(before);
  });
});

describe('npm run demo and npm run audit', () => {
  it('plays against the service that runs, and leaves sound books', async () => {
    const demo = await program('demo', []);
    expect(demo.out).toContain(`Playing against the service at ${app.url}`);
    expect(demo.out).toMatch(/10 of 10 as expected/);
    expect(demo.status).toBe(0);
    const audit = await program('audit', []);
    expect(audit.out).toMatch(/No breach found\.\n$/);
    expect(audit.status).toBe(0);
  });

  it('ends with 1 and names the row when the books are not sound', async () => {
    const [paid] = await app.sql<{ public_id: string }>(
      `update invoices set received = received + 1 where status = 'PAID' returning public_id`,
    );
    const audit = await program('audit', []);
    expect(audit).toMatchObject({ status: 1, out: expect.stringContaining(paid?.public_id ?? 'nothing was paid') });
    await app.sql(`update invoices set received = received - 1 where status = 'PAID'`);
    expect(await program('audit', ['--ledgers', 'all'])).toMatchObject({ status: 64 });
  });

  it('brings its own service when none runs', async () => {
    const free = await freePort();
    const demo = await program('demo', [], {
      PORT: String(free),
      PUBLIC_URL: `http://127.0.0.1:${free}`,
      DATABASE_URL: '',
    });
    expect(demo.out).toContain('starting one in a temporary folder');
    expect(demo.out).toMatch(/10 of 10 as expected/);
    expect(demo.status).toBe(0);
  });
});
