import { Account, Asset, Keypair, Operation, type Transaction, TransactionBuilder } from '@stellar/stellar-sdk/base';
import { AuthHousekeepingService } from '../../src/auth/auth-housekeeping.service';
import { ChallengesRepository } from '../../src/auth/challenges.repository';
import { RateLimitsRepository } from '../../src/auth/rate-limits.repository';
import { SessionsRepository } from '../../src/auth/sessions.repository';
import { DEFAULT_KEY_SCOPES } from '../../src/common/principal';
import { digest } from '../../src/common/secrets';
import { muxedAddress } from '../../src/stellar/address';
import { testDatabase, type TestDatabase } from '../support/database';
import {
  AccountsLedger,
  authProcess,
  type AuthProcess,
  ledgerAccount,
  outcome,
  TEST_LIMITS,
  TestClock,
  testWallet,
  type TestWallet,
} from './auth-fixtures';

let database: TestDatabase;
let first: AuthProcess;
let second: AuthProcess;
const clock = new TestClock();
const ledger = new AccountsLedger('testnet');

beforeAll(async () => {
  database = await testDatabase();
  first = await authProcess(database.url, clock, [ledger]);
  second = await authProcess(database.url, clock, [ledger]);
});

afterAll(async () => {
  await first?.credentials.onApplicationShutdown();
  await Promise.all([first, second].map((each) => each?.dataSource.destroy()));
  await database?.drop();
});

beforeEach(() => {
  ledger.reachable = true;
});

const bearer = (token: string): string[] => ['Authorization', `Bearer ${token}`];
const clientHeaders = (key: string, secret: string): string[] => ['x-client-key', key, 'x-client-secret', secret];
const principal = async (headers: string[], process = first) =>
  (await process.authentication.callerOf(headers)).principal;

async function proofOf(wallet: TestWallet, process = first) {
  const { nonce, message } = await process.challenges.issue(wallet.address);
  return { wallet: wallet.address, nonce, signature: wallet.sign(message), message };
}

async function signedIn(wallet: TestWallet): Promise<string> {
  return (await first.signIn.withMessage(await proofOf(wallet))).token;
}

async function merchantOf(wallet = testWallet()): Promise<string> {
  return (await first.merchants.openForWallet(wallet.address)).merchantId;
}

describe('API keys and client keys', () => {
  test('D01 a key carries at least 160 random bits and guesses are refused alike', async () => {
    const merchantId = await merchantOf();
    const keys = await Promise.all(
      Array.from({ length: 20 }, () =>
        first.credentials.issueApiKey({ merchantId, network: 'testnet', label: 'shop' }),
      ),
    );
    expect(new Set(keys.map((key) => key.secret)).size).toBe(20);
    for (const key of keys) expect(key.secret).toMatch(/^sk_test_[a-z2-7]{52}$/);
    const secret = keys[0]?.secret as string;
    const guesses = secret
      .slice(8)
      .split('')
      .map((letter, index) => `${secret.slice(0, 8 + index)}${letter === 'a' ? 'b' : 'a'}${secret.slice(9 + index)}`);
    const answers = await Promise.all(
      [...guesses, 'sk_test_', 'sk_live_x', secret.toUpperCase(), `${secret}a`].map((guess) =>
        outcome(principal(bearer(guess))),
      ),
    );
    expect(new Set(answers)).toEqual(new Set(['invalid_credentials']));
    expect(await outcome(principal(bearer(secret)))).toBe('fulfilled');
  });

  test('an API key acts for its merchant, on its network, with its scopes', async () => {
    const merchantId = await merchantOf();
    const key = await first.credentials.issueApiKey({
      merchantId,
      network: 'testnet',
      label: 'reader',
      scopes: ['links:read'],
    });
    expect(await principal(bearer(key.secret))).toEqual({
      kind: 'api_key',
      merchantId,
      wallet: null,
      network: 'testnet',
      scopes: new Set(['links:read']),
      actor: `api_key:${key.id}`,
    });
    const client = await first.credentials.issueClientKey({ merchantId, network: 'testnet', label: 'shop' });
    expect(await principal(clientHeaders(client.publicPart, client.secret))).toMatchObject({
      kind: 'client_key',
      merchantId,
      scopes: new Set(DEFAULT_KEY_SCOPES),
    });
  });

  test("D04 a client key with another key's secret, half a pair, swapped or sent twice is refused alike", async () => {
    const one = await first.credentials.issueClientKey({
      merchantId: await merchantOf(),
      network: 'testnet',
      label: 'one',
    });
    const two = await first.credentials.issueClientKey({
      merchantId: await merchantOf(),
      network: 'testnet',
      label: 'two',
    });
    const wrong = [
      clientHeaders(one.publicPart, two.secret),
      clientHeaders(one.secret, one.publicPart),
      clientHeaders(one.publicPart, ''),
      ['x-client-key', one.publicPart],
      ['x-client-secret', one.secret],
      [...clientHeaders(one.publicPart, one.secret), 'X-Client-Key', one.publicPart],
      clientHeaders(`${one.publicPart}, ${one.publicPart}`, one.secret),
      clientHeaders(one.publicPart, 'x'.repeat(3_000)),
    ];
    expect(await Promise.all(wrong.map((headers) => outcome(principal(headers))))).toEqual(
      wrong.map(() => 'invalid_credentials'),
    );
    expect(await outcome(principal(clientHeaders(one.publicPart, one.secret)))).toBe('fulfilled');
  });

  test('D05 two kinds of credentials at once are refused, even when each is good', async () => {
    const wallet = testWallet();
    const merchantId = await merchantOf(wallet);
    const key = await first.credentials.issueApiKey({ merchantId, network: 'testnet', label: 'a' });
    const client = await first.credentials.issueClientKey({ merchantId, network: 'testnet', label: 'b' });
    const token = await signedIn(wallet);
    const signature = ['x-wallet-address', wallet.address, 'x-auth-nonce', 'n', 'x-auth-signature', 's'];
    expect(await outcome(principal([...bearer(key.secret), ...clientHeaders(client.publicPart, client.secret)]))).toBe(
      'several_credentials',
    );
    expect(await outcome(principal([...bearer(token), ...signature]))).toBe('several_credentials');
    expect(await outcome(principal([...clientHeaders(client.publicPart, client.secret), ...signature]))).toBe(
      'several_credentials',
    );
    expect(await outcome(principal([...bearer(token), ...bearer(key.secret)]))).toBe('invalid_credentials');
    expect(await outcome(principal([...bearer(token), 'x-wallet-address', wallet.address]))).toBe('fulfilled');
    expect(await outcome(principal([...bearer(token), 'x-wallet-address', testWallet().address]))).toBe(
      'several_credentials',
    );
    expect(await outcome(principal([...bearer(key.secret), 'x-wallet-address', wallet.address]))).toBe(
      'several_credentials',
    );
  });

  test('D06 a revoked or expired key is worth nothing from the next request on, in every process', async () => {
    const merchantId = await merchantOf();
    const key = await first.credentials.issueApiKey({ merchantId, network: 'testnet', label: 'revoked' });
    expect(await outcome(principal(bearer(key.secret), second))).toBe('fulfilled');
    expect(await first.credentials.revoke(await merchantOf(), key.id)).toBe(false);
    expect(await first.credentials.revoke(merchantId, key.id)).toBe(true);
    expect(await first.credentials.revoke(merchantId, key.id)).toBe(false);
    expect(await outcome(principal(bearer(key.secret)))).toBe('invalid_credentials');
    expect(await outcome(principal(bearer(key.secret), second))).toBe('invalid_credentials');
    const brief = await first.credentials.issueClientKey({
      merchantId,
      network: 'testnet',
      label: 'brief',
      expiresAt: new Date(clock.now().getTime() + 1000),
    });
    expect(await outcome(principal(clientHeaders(brief.publicPart, brief.secret)))).toBe('fulfilled');
    clock.advance(1);
    expect(await outcome(principal(clientHeaders(brief.publicPart, brief.secret)))).toBe('invalid_credentials');
  });

  test('D06 credentials that are asked about together are told apart, and the revoked one among them is refused', async () => {
    const merchants = await Promise.all(Array.from({ length: 12 }, () => merchantOf()));
    const keys = await Promise.all(
      merchants.map((merchantId) => first.credentials.issueApiKey({ merchantId, network: 'testnet', label: 'shop' })),
    );
    const clients = await Promise.all(
      merchants.map((merchantId) =>
        first.credentials.issueClientKey({ merchantId, network: 'testnet', label: 'shop' }),
      ),
    );
    const revoked = keys[5]?.id as string;
    await second.credentials.revoke(merchants[5] as string, revoked);
    const asked = [
      ...keys.map(({ secret }) => bearer(secret)),
      ...clients.map(({ publicPart, secret }) => clientHeaders(publicPart, secret)),
    ];
    const answers = await Promise.all(
      [...asked, ...asked].map((headers) =>
        principal(headers).then(
          ({ merchantId, actor }) => [merchantId, actor],
          () => 'refused',
        ),
      ),
    );
    const expected = [
      ...keys.map(({ id }, index) => (id === revoked ? 'refused' : [merchants[index], `api_key:${id}`])),
      ...clients.map(({ id }, index) => [merchants[index], `client_key:${id}`]),
    ];
    expect(answers).toEqual([...expected, ...expected]);
  });

  test('D07 the database holds no secret, and lists show none', async () => {
    const merchantId = await merchantOf();
    const key = await first.credentials.issueApiKey({ merchantId, network: 'testnet', label: 'at rest' });
    const client = await first.credentials.issueClientKey({ merchantId, network: 'testnet', label: 'at rest' });
    const token = await signedIn(testWallet());
    const proof = await proofOf(testWallet());
    const rows = await first.transactions.rows<{ text: string }>(
      'select c::text as text from credentials c union all select s::text from sessions s',
    );
    const dump = rows.map((row) => row.text).join('\n');
    for (const secret of [key.secret, client.secret, token]) {
      expect(dump).not.toContain(secret);
      expect(dump).not.toContain(Buffer.from(secret, 'utf8').toString('hex'));
      expect(dump).toContain(digest(secret).toString('hex'));
    }
    expect(proof.nonce).toMatch(/^[a-z2-7]{32}$/);
    const listed = await first.credentials.list(merchantId);
    expect(listed).toHaveLength(2);
    expect(JSON.stringify(listed)).not.toContain('secretDigest');
  });

  test('D31 a key of a network that is no longer enabled opens nothing', async () => {
    const merchantId = await merchantOf();
    const key = await first.credentials.issueApiKey({ merchantId, network: 'testnet', label: 'test' });
    const live = await authProcess(database.url, clock, [new AccountsLedger('public')]);
    expect(await outcome(principal(bearer(key.secret), live))).toBe('invalid_credentials');
    expect(await outcome(live.credentials.issueApiKey({ merchantId, network: 'testnet', label: 'x' }))).toBe(
      'network_unknown',
    );
    expect((await live.credentials.issueApiKey({ merchantId, network: 'public', label: 'x' })).secret).toMatch(
      /^sk_live_/,
    );
    await live.dataSource.destroy();
  });

  test('the last use is noted once a minute', async () => {
    const merchantId = await merchantOf();
    const key = await first.credentials.issueApiKey({ merchantId, network: 'testnet', label: 'used' });
    const lastUse = async () => {
      await first.credentials.onApplicationShutdown();
      return (await first.credentials.list(merchantId))[0]?.lastUsedAt ?? null;
    };
    expect(await lastUse()).toBeNull();
    const started = clock.now();
    await principal(bearer(key.secret));
    expect(await lastUse()).toEqual(started);
    clock.advance(30);
    await principal(bearer(key.secret));
    expect(await lastUse()).toEqual(started);
    clock.advance(31);
    await principal(bearer(key.secret));
    expect(await lastUse()).toEqual(clock.now());
  });

  test('D30 a new database knows nobody', async () => {
    const empty = await testDatabase();
    const fresh = await authProcess(empty.url, clock, [ledger]);
    for (const table of ['merchants', 'members', 'wallets', 'credentials', 'sessions']) {
      const [row] = await fresh.transactions.rows<{ count: bigint }>(`select count(*) as count from ${table}`);
      expect([table, row?.count]).toEqual([table, 0n]);
    }
    await fresh.dataSource.destroy();
    await empty.drop();
  });
});

describe('signing in with a message', () => {
  test('the session acts for the merchant of the wallet for 30 minutes', async () => {
    const wallet = testWallet();
    const session = await first.signIn.withMessage(await proofOf(wallet));
    expect(session.token).toMatch(/^ses_[a-z2-7]{52}$/);
    expect(session.expiresAt.getTime() - clock.now().getTime()).toBe(1_800_000);
    const found = await principal(bearer(session.token), second);
    expect(found).toMatchObject({
      kind: 'session',
      wallet: wallet.address,
      network: null,
      actor: `wallet:${wallet.address}`,
      merchantId: await merchantOf(wallet),
    });
    clock.advance(1799);
    expect(await outcome(principal(bearer(session.token)))).toBe('fulfilled');
    clock.advance(1);
    expect(await outcome(principal(bearer(session.token)))).toBe('invalid_credentials');
  });

  test('D24 logout and a changed role hold from the next request on', async () => {
    const wallet = testWallet();
    const token = await signedIn(wallet);
    await first.transactions.affected(`update members set role = 'viewer' where wallet = $1`, [wallet.address]);
    expect((await principal(bearer(token))).scopes.has('links:write')).toBe(false);
    await first.authentication.signOut(bearer(token));
    expect(await outcome(principal(bearer(token), second))).toBe('invalid_credentials');
  });

  test('D11 a proof works once: 100 at once in two processes give one session', async () => {
    const proof = await proofOf(testWallet());
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => outcome((index % 2 ? first : second).signIn.withMessage(proof))),
    );
    expect(answers.filter((answer) => answer === 'fulfilled')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'invalid_signature')).toHaveLength(99);
  });

  test('D19 only the whole message of this site counts: no other domain, wallet, nonce, no raw or unprefixed signature', async () => {
    const wallet = testWallet();
    const other = testWallet();
    const { nonce, message } = await first.challenges.issue(wallet.address);
    for (const part of [
      'pay.example.com',
      wallet.address,
      ledger.passphrase,
      nonce,
      clock.now().toISOString(),
      new Date(clock.now().getTime() + 300_000).toISOString(),
    ]) {
      expect(message).toContain(part);
    }
    const raw = (bytes: Buffer): string => Buffer.from(wallet.keypair.sign(bytes)).toString('base64');
    const wrong = [
      wallet.sign(message.replace('pay.example.com', 'pay.example.org')),
      wallet.sign(message.replace(nonce, 'a'.repeat(32))),
      wallet.sign(`link2pay-auth:${wallet.address}:${nonce}`),
      raw(Buffer.from(message)),
      raw(digest(message)),
      other.sign(message),
      '',
      'not a signature',
    ];
    for (const signature of wrong)
      expect(await outcome(first.signIn.withMessage({ wallet: wallet.address, nonce, signature }))).toBe(
        'invalid_signature',
      );
    expect(
      await outcome(first.signIn.withMessage({ wallet: other.address, nonce, signature: other.sign(message) })),
    ).toBe('invalid_signature');
    const hex = Buffer.from(wallet.sign(message), 'base64').toString('hex');
    expect(await outcome(first.signIn.withMessage({ wallet: wallet.address, nonce, signature: hex }))).toBe(
      'fulfilled',
    );
  });

  test('a nonce ends after five minutes', async () => {
    const proof = await proofOf(testWallet());
    clock.advance(299);
    const late = await proofOf(testWallet());
    expect(await outcome(first.signIn.withMessage(proof))).toBe('fulfilled');
    clock.advance(300);
    expect(await outcome(first.signIn.withMessage(late))).toBe('invalid_signature');
  });

  test('D20 a stranger who asks for nonces of a wallet, in any process, takes nothing from its owner', async () => {
    const wallet = testWallet();
    const proof = await proofOf(wallet);
    for (let index = 0; index < 50; index++) await (index % 2 ? first : second).challenges.issue(wallet.address);
    expect(await outcome(second.signIn.withMessage(proof))).toBe('fulfilled');
  });

  test('D15 a key that was removed from its account, or is too light, is refused', async () => {
    const cases: [number, number, string][] = [
      [0, 0, 'invalid_signature'],
      [0, 1, 'invalid_signature'],
      [1, 2, 'invalid_signature'],
      [1, 0, 'fulfilled'],
      [2, 2, 'fulfilled'],
    ];
    for (const [weight, medium, expected] of cases) {
      const wallet = testWallet();
      ledger.accounts.set(
        wallet.address,
        ledgerAccount(wallet.address, weight, medium, [{ key: testWallet().address, weight: 10 }]),
      );
      expect([weight, medium, await outcome(first.signIn.withMessage(await proofOf(wallet)))]).toEqual([
        weight,
        medium,
        expected,
      ]);
    }
  });

  test('D15 the ledger is asked at every sign-in, so that nothing old is believed', async () => {
    const wallet = testWallet();
    ledger.accounts.set(wallet.address, ledgerAccount(wallet.address, 1, 1));
    expect(await outcome(first.signIn.withMessage(await proofOf(wallet)))).toBe('fulfilled');
    ledger.accounts.set(wallet.address, ledgerAccount(wallet.address, 0, 1));
    expect(await outcome(first.signIn.withMessage(await proofOf(wallet)))).toBe('invalid_signature');
  });

  test('D15 nobody gets in while the ledger cannot be asked, and the proof is not used up', async () => {
    const proof = await proofOf(testWallet());
    ledger.reachable = false;
    expect(await outcome(first.signIn.withMessage(proof))).toBe('ledger_unavailable');
    ledger.reachable = true;
    expect(await outcome(first.signIn.withMessage(proof))).toBe('fulfilled');
  });

  test('D16 a wallet without an account on the ledger is its key', async () => {
    const wallet = testWallet();
    expect(await principal(bearer(await signedIn(wallet)))).toMatchObject({ wallet: wallet.address });
  });

  test('the three headers sign one request and use the nonce up', async () => {
    const wallet = testWallet();
    const { nonce, signature } = await proofOf(wallet);
    const headers = ['x-wallet-address', wallet.address, 'x-auth-nonce', nonce, 'x-auth-signature', signature];
    expect(await principal(headers)).toMatchObject({ kind: 'session', wallet: wallet.address });
    expect(await outcome(principal(headers))).toBe('invalid_signature');
  });
});

describe('signing in with a transaction (SEP-10)', () => {
  async function challengeFor(wallet: TestWallet): Promise<string> {
    return (await first.sep10.challenge({ account: wallet.address })).transaction;
  }

  function signed(envelope: string, ...keys: Keypair[]): string {
    const transaction = TransactionBuilder.fromXdr(envelope, ledger.passphrase);
    transaction.sign(...keys);
    return transaction.toXdr();
  }

  test('a signed challenge opens a session for the whole G address', async () => {
    const wallet = testWallet();
    const session = await first.signIn.withTransaction(signed(await challengeFor(wallet), wallet.keypair));
    expect(await principal(bearer(session.token))).toMatchObject({
      kind: 'session',
      wallet: wallet.address,
      merchantId: await merchantOf(wallet),
    });
  });

  test('D11 the same challenge twice, and 100 at once in two processes, gives one session', async () => {
    const wallet = testWallet();
    const envelope = signed(await challengeFor(wallet), wallet.keypair);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => outcome((index % 2 ? first : second).signIn.withTransaction(envelope))),
    );
    expect(answers.filter((answer) => answer === 'fulfilled')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'invalid_signature')).toHaveLength(99);
    expect(await outcome(first.signIn.withTransaction(envelope))).toBe('invalid_signature');
  });

  test('D09 D10 signed by the client or by the server alone is not enough', async () => {
    const wallet = testWallet();
    const envelope = await challengeFor(wallet);
    expect(await outcome(first.signIn.withTransaction(envelope))).toBe('invalid_signature');
    const forged = TransactionBuilder.fromXdr(envelope, ledger.passphrase);
    forged.signatures.length = 0;
    forged.sign(wallet.keypair);
    expect(await outcome(first.signIn.withTransaction(forged.toXdr()))).toBe('invalid_signature');
    expect(await outcome(first.signIn.withTransaction(signed(envelope, testWallet().keypair)))).toBe(
      'invalid_signature',
    );
  });

  test('D12 D13 D14 what is not a fresh challenge of this site is refused before the ledger is asked', async () => {
    const wallet = testWallet();
    const elsewhere = await authProcess(database.url, clock, [ledger], {
      publicUrl: 'https://other.example.com',
      sep10Secret: Keypair.random().secret(),
      limits: TEST_LIMITS,
    });
    const foreign = signed((await elsewhere.sep10.challenge({ account: wallet.address })).transaction, wallet.keypair);
    await elsewhere.dataSource.destroy();
    const late = signed(await challengeFor(wallet), wallet.keypair);
    const real = new TransactionBuilder(new Account(wallet.address, '7'), {
      fee: '100',
      networkPassphrase: ledger.passphrase,
    })
      .addOperation(Operation.payment({ destination: wallet.address, asset: Asset.native(), amount: '1' }))
      .setTimeout(300)
      .build();
    real.sign(wallet.keypair);
    clock.advance(901);
    const asked = ledger.asked.length;
    for (const envelope of [foreign, late, real.toXdr(), 'AAAA', '', 'A'.repeat(80_000)])
      expect(await outcome(first.signIn.withTransaction(envelope))).toBe('challenge_invalid');
    expect(ledger.asked).toHaveLength(asked);
  });

  test('D15 the present signers of the account decide, by the medium threshold', async () => {
    const wallet = testWallet();
    const cosigner = testWallet();
    ledger.accounts.set(wallet.address, ledgerAccount(wallet.address, 1, 2, [{ key: cosigner.address, weight: 1 }]));
    expect(await outcome(first.signIn.withTransaction(signed(await challengeFor(wallet), wallet.keypair)))).toBe(
      'invalid_signature',
    );
    expect(
      await outcome(first.signIn.withTransaction(signed(await challengeFor(wallet), wallet.keypair, cosigner.keypair))),
    ).toBe('fulfilled');
    ledger.accounts.set(wallet.address, ledgerAccount(wallet.address, 0, 2, [{ key: cosigner.address, weight: 2 }]));
    expect(await outcome(first.signIn.withTransaction(signed(await challengeFor(wallet), wallet.keypair)))).toBe(
      'invalid_signature',
    );
    expect(await outcome(first.signIn.withTransaction(signed(await challengeFor(wallet), cosigner.keypair)))).toBe(
      'fulfilled',
    );
    ledger.reachable = false;
    expect(await outcome(first.signIn.withTransaction(signed(await challengeFor(wallet), cosigner.keypair)))).toBe(
      'ledger_unavailable',
    );
  });

  test('D17 identities inside a shared account are refused, so that none can act as the account', async () => {
    const wallet = testWallet();
    const muxed = muxedAddress(wallet.address, 7n);
    expect(await outcome(first.sep10.challenge({ account: muxed }))).toBe('invalid_address');
    expect(await outcome(first.sep10.challenge({ account: wallet.address, memo: '7' }))).toBe('invalid_address');
  });

  test('D18 client_domain is ignored without any call, and no challenge names one', async () => {
    const wallet = testWallet();
    const fetching = jest.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no outgoing call is allowed'));
    const asked = ledger.asked.length;
    const query = { account: wallet.address, client_domain: '169.254.169.254' };
    const { transaction } = await first.sep10.challenge(query);
    const { operations } = TransactionBuilder.fromXdr(transaction, ledger.passphrase) as Transaction;
    expect(operations.map((each) => each.type === 'manageData' && each.name)).toEqual([
      'pay.example.com auth',
      'web_auth_domain',
    ]);
    expect(await outcome(first.sep10.challenge({ account: wallet.address, home_domain: 'other.example.com' }))).toBe(
      'malformed_request',
    );
    expect(fetching).not.toHaveBeenCalled();
    expect(ledger.asked).toHaveLength(asked);
    fetching.mockRestore();
  });

  test('without a key there is nothing at this address', async () => {
    const off = await authProcess(database.url, clock, [ledger], {
      publicUrl: 'https://pay.example.com',
      sep10Secret: null,
      limits: TEST_LIMITS,
    });
    expect(await outcome(off.sep10.challenge({ account: testWallet().address }))).toBe('route_not_found');
    expect(await outcome(off.signIn.withTransaction('AAAA'))).toBe('route_not_found');
    await off.dataSource.destroy();
  });
});

test('housekeeping forgets what ended more than a day ago and nothing else', async () => {
  const wallet = testWallet();
  const old = await proofOf(wallet);
  await first.signIn.withMessage(old);
  clock.advance(86_400 + 1801);
  const live = await proofOf(wallet);
  const token = await signedIn(wallet);
  const housekeeping = new AuthHousekeepingService(
    new ChallengesRepository(first.transactions),
    new SessionsRepository(first.transactions),
    new RateLimitsRepository(first.transactions),
    clock,
  );
  expect(await housekeeping.sweep()).toBeGreaterThan(0);
  const [row] = await first.transactions.rows<{ count: bigint }>(
    'select count(*) as count from auth_challenges where digest = $1',
    [digest(old.nonce)],
  );
  expect(row?.count).toBe(0n);
  expect(await outcome(first.signIn.withMessage(live))).toBe('fulfilled');
  expect(await outcome(principal(bearer(token)))).toBe('fulfilled');
});
