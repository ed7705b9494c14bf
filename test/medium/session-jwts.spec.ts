import { createHmac } from 'node:crypto';
import { Keypair, TransactionBuilder } from '@stellar/stellar-sdk/base';
import { testDatabase, type TestDatabase } from '../support/database';
import {
  AccountsLedger,
  authProcess,
  type AuthProcess,
  outcome,
  SERVER,
  TestClock,
  testSettings,
  type TestWallet,
  testWallet,
} from './auth-fixtures';

let database: TestDatabase;
const clock = new TestClock();
const testnet = new AccountsLedger('testnet');
const opened: AuthProcess[] = [];

/** A process of the service; all of these tests' processes share the database. */
async function start(settings = testSettings(), ledger = testnet): Promise<AuthProcess> {
  const started = await authProcess(database.url, clock, [ledger], settings);
  opened.push(started);
  return started;
}

let first: AuthProcess;
beforeAll(async () => {
  database = await testDatabase();
  first = await start();
});
afterAll(async () => {
  for (const each of opened) {
    await each.credentials.onApplicationShutdown();
    await each.dataSource.destroy();
  }
  await database.drop();
});

async function tokenOf(wallet: TestWallet, process = first, passphrase = testnet.passphrase): Promise<string> {
  const { transaction } = await process.sep10.challenge({ account: wallet.address });
  const signed = TransactionBuilder.fromXdr(transaction, passphrase);
  signed.sign(wallet.keypair);
  return (await process.signIn.withTransaction(signed.toXdr())).token;
}

const headers = (token: string): string[] => ['authorization', `Bearer ${token}`];
const use = async (token: string, process = first) => (await process.authentication.callerOf(headers(token))).principal;
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;

it('is accepted by every process until its session ends', async () => {
  const wallet = testWallet();
  const token = await tokenOf(wallet);
  expect(await use(token, await start())).toMatchObject({ kind: 'session', wallet: wallet.address });
  expect(claimsOf(token)).toMatchObject({
    iss: 'https://pay.example.com/api/auth/sep10',
    sub: wallet.address,
    home_domain: 'pay.example.com',
    jti: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(claimsOf(await tokenOf(wallet))['sid']).not.toBe(claimsOf(token)['sid']);
});

it('is over when its session is revoked, whatever its exp says', async () => {
  const token = await tokenOf(testWallet());
  await first.authentication.signOut(headers(token));
  expect(await outcome(use(token))).toBe('invalid_credentials');
});

it('is over with its exp, although its session were there', async () => {
  const token = await tokenOf(testWallet());
  await first.transactions.affected(`update sessions set expires_at = expires_at + interval '1 day'`);
  clock.advance(1_799);
  expect(await outcome(use(token))).toBe('fulfilled');
  clock.advance(1);
  expect(await outcome(use(token))).toBe('invalid_credentials');
});

it('is over with its session, although its exp were later', async () => {
  const token = await tokenOf(testWallet());
  await first.transactions.affected('update sessions set expires_at = $1', [clock.now()]);
  expect(await outcome(use(token))).toBe('invalid_credentials');
});

it('is no token of another network, of another address or of another key, although all share the sessions', async () => {
  const token = await tokenOf(testWallet());
  const others = [
    await start(testSettings(), new AccountsLedger('public')),
    await start(testSettings({ publicUrl: 'https://other.example.com' })),
    await start(testSettings({ sep10Secret: Keypair.random().secret() })),
    await start(testSettings({ sep10Secret: null })),
  ];
  for (const other of others) expect(await outcome(use(token, other))).toBe('invalid_credentials');
  expect(await outcome(use(token))).toBe('fulfilled');
});

describe('a token that looks like it', () => {
  let token: string;
  let wallet: TestWallet;
  beforeAll(async () => {
    wallet = testWallet();
    token = await tokenOf(wallet);
  });
  const parts = () => token.split('.') as [string, string, string];
  const signedWith = (key: string, header: object, claims = claimsOf(token)) => {
    const signed = `${encode(header)}.${encode(claims)}`;
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
  };

  it.each<[string, () => string]>([
    ['without a signature', () => `${parts()[0]}.${parts()[1]}.`],
    ['with alg none (D21)', () => `${encode({ alg: 'none', typ: 'JWT' })}.${parts()[1]}.`],
    [
      'with alg none and the signature (D21)',
      () => `${encode({ alg: 'none', typ: 'JWT' })}.${parts()[1]}.${parts()[2]}`,
    ],
    [
      'with another algorithm and the signature (D21)',
      () => `${encode({ alg: 'HS512', typ: 'JWT' })}.${parts()[1]}.${parts()[2]}`,
    ],
    [
      'signed with the address of the server, which everybody knows (D21)',
      () => signedWith(SERVER.publicKey(), { alg: 'HS256', typ: 'JWT' }),
    ],
    [
      'signed with its own key (D22)',
      () => signedWith('secret', { alg: 'HS256', typ: 'JWT', jwk: { kty: 'oct', k: 'c2VjcmV0' } }),
    ],
    [
      'with another subject (D23)',
      () => `${parts()[0]}.${encode({ ...claimsOf(token), sub: testWallet().address })}.${parts()[2]}`,
    ],
    [
      'with a later exp (D23)',
      () => `${parts()[0]}.${encode({ ...claimsOf(token), exp: 9_999_999_999 })}.${parts()[2]}`,
    ],
    ['with padding', () => `${token}=`],
    ['with a part more', () => `${token}.`],
    ['as a plain session', () => `ses_${token}`],
  ])('%s is refused', async (_what, forged) => {
    expect(await outcome(use(forged()))).toBe('invalid_credentials');
    await first.authentication.signOut(headers(forged())).catch(() => undefined);
    expect(await outcome(use(token))).toBe('fulfilled');
  });

  it('is refused though it carries our own signature, when no session was opened with it', async () => {
    await first.transactions.affected('delete from sessions where wallet = $1', [wallet.address]);
    expect(await outcome(use(token))).toBe('invalid_credentials');
  });
});
