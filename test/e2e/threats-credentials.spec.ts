import crypto from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { listPolicies } from '../../src/auth/route-policies';
import { CredentialsService } from '../../src/auth/credentials.service';
import { testWallet } from '../medium/auth-fixtures';
import { type RawAnswer, rawRequest } from '../contract/raw-request';
import { EventNumberingService } from '../../src/webhooks/event-numbering.service';
import { TestApp } from '../support/app';
import type { TestMerchant } from '../support/shop';

const PARTNER_PROBE = '/api/public/v1/payment_links';
const PROBES = [PARTNER_PROBE, '/api/auth/me', '/api/invoices'];

let app: TestApp;
let merchant: TestMerchant;
let merchantId: string;
const lines: string[] = [];

beforeAll(async () => {
  app = await TestApp.start({
    reconcile: false,
    env: { ROLE: 'api', SANDBOX_LEDGER_MS: '200' },
    log: (line) => lines.push(line),
  });
  merchant = await app.merchant();
  ({ merchantId } = merchant);
});
afterAll(() => app.stop());
afterEach(() => jest.restoreAllMocks());

const get = (path: string, headers: Record<string, string>): Promise<RawAnswer> =>
  rawRequest(app.url, 'GET', path, { headers });
const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  rawRequest(app.url, 'POST', path, {
    headers: { 'content-type': 'application/json', 'x-request-id': 'the-same', ...headers },
    body: JSON.stringify(body),
  });
const bearer = (token: string): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  'x-request-id': 'the-same',
});

/** What a request costs here: statements sent to the database, digests made, digests compared. */
interface Work {
  readonly statements: readonly string[];
  readonly digests: number;
  readonly comparisons: number;
}

/** Counted, not timed: where the same is done, nothing is left for a clock to tell apart. */
async function workOf(ask: () => Promise<RawAnswer>): Promise<Work & { readonly answer: RawAnswer }> {
  // Events are numbered after the answer, in rounds that others share.
  jest.spyOn(app.get(EventNumberingService), 'afterCommit').mockReturnValue();
  const query = jest.spyOn(pg.Client.prototype, 'query');
  // The embedded network closes its ledgers in this process too.
  let digests = 0;
  const { createHash } = crypto;
  jest.spyOn(crypto, 'createHash').mockImplementation((...given) => {
    if (new Error().stack?.includes('/src/sandbox/') !== true) digests += 1;
    return createHash(...given);
  });
  const compare = jest.spyOn(crypto, 'timingSafeEqual');
  const answer = await ask();
  const texts = (query.mock.calls as unknown[][]).map(([what]) =>
    typeof what === 'string' ? what : (what as { text: string }).text,
  );
  // The embedded network lives in the same database and keeps its own time; a new connection of the pool is asked which life it leads to.
  const work = {
    statements: texts.filter((text) => !/sandbox_|server_fingerprint|from lives l where/.test(text)),
    digests,
    comparisons: compare.mock.calls.length,
  };
  jest.restoreAllMocks();
  return { ...work, answer };
}

const issueKey = (): Promise<{ secret: string }> =>
  app.get(CredentialsService).issueApiKey({ merchantId, network: 'sandbox', label: 'k' });
const changed = (secret: string, at: number): string =>
  `${secret.slice(0, at)}${secret[at] === 'a' ? 'b' : 'a'}${secret.slice(at + 1)}`;
/** What an answer tells, but for the clock and what is left of a limit. */
const told = ({ status, headers, text }: RawAnswer): unknown => {
  const { date: _date, ratelimit: _limit, 'ratelimit-remaining': _left, 'ratelimit-reset': _reset, ...rest } = headers;
  return { status, text, headers: rest };
};

describe('guessing', () => {
  it('a key with a right beginning, or a wrong one, is the same work and the same answer (D02)', async () => {
    const { secret } = await issueKey();
    const ask = (key: string) => () => get(PARTNER_PROBE, bearer(key));
    await ask(changed(secret, 8))();
    const wrong = [
      await workOf(ask(changed(secret, secret.length - 1))),
      await workOf(ask(changed(secret, 8))),
      await workOf(ask(`sk_test_${'a'.repeat(52)}`)),
    ];
    for (const { answer, ...work } of wrong) {
      expect(answer.status).toBe(401);
      expect(work.statements).toHaveLength(1);
      expect(work.comparisons).toBe(1);
      expect(work).toEqual({ statements: wrong[0]?.statements, digests: wrong[0]?.digests, comparisons: 1 });
      expect(told(answer)).toEqual(told(wrong[0]?.answer as RawAnswer));
    }
  });

  it('the secret of a client that exists, or of none, or of one revoked, is the same work and the same answer (D02)', async () => {
    const credentials = app.get(CredentialsService);
    const [live, revoked] = [
      await credentials.issueClientKey({ merchantId, network: 'sandbox', label: 'c' }),
      await credentials.issueClientKey({ merchantId, network: 'sandbox', label: 'r' }),
    ];
    await credentials.revoke(merchantId, revoked.id);
    const ask = (key: string, secret: string) => () =>
      get(PARTNER_PROBE, { 'x-client-key': key, 'x-client-secret': secret, 'x-request-id': 'the-same' });
    const other = changed(live.secret, live.secret.length - 1);
    await ask(live.publicPart, other)();
    const wrong = [
      await workOf(ask(live.publicPart, other)),
      await workOf(ask(changed(live.publicPart, 12), other)),
      await workOf(ask(revoked.publicPart, revoked.secret)),
      await workOf(ask('x', 'y')),
    ];
    for (const { answer, ...work } of wrong) {
      expect([answer.status, work.statements.length, work.comparisons]).toEqual([401, 1, 1]);
      expect(work).toEqual({ statements: wrong[0]?.statements, digests: wrong[0]?.digests, comparisons: 1 });
      expect(told(answer)).toEqual(told(wrong[0]?.answer as RawAnswer));
    }
  });

  it('ten thousand random keys open nothing, and the log holds none of them (D01)', async () => {
    const { secret } = await issueKey();
    const outcomeOf = (key: string): Promise<string> =>
      app
        .get(CredentialsService)
        .callerOfApiKey(key)
        .then(
          () => 'in',
          (error: unknown) => (error as { code: string }).code,
        );
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 100; round += 1) {
      const guesses = Array.from(
        { length: 100 },
        () => `sk_test_${crypto.randomBytes(40).toString('base64url').toLowerCase().slice(0, 52)}`,
      );
      for (const each of await Promise.all(guesses.map(outcomeOf))) outcomes.set(each, (outcomes.get(each) ?? 0) + 1);
    }
    expect([...outcomes]).toEqual([['invalid_credentials', 10_000]]);
    expect((await get(PARTNER_PROBE, bearer(secret))).status).toBe(200);
    await get(PARTNER_PROBE, bearer(changed(secret, 30)));
    expect(lines.join('')).not.toContain(secret.slice(14, 30));
  });
});

describe('who is known here', () => {
  it('is told by no answer to an address that asks for a nonce or signs wrongly, and by no difference in work (D25)', async () => {
    const stranger = testWallet().address;
    const nonce = (walletAddress: string) => () => post('/api/auth/nonce', { walletAddress });
    const sign = (walletAddress: string) => () =>
      post('/api/auth/session', {
        walletAddress,
        nonce: 'a'.repeat(32),
        signature: Buffer.alloc(64).toString('base64'),
      });
    const three = (walletAddress: string) => () =>
      get('/api/auth/me', {
        'x-wallet-address': walletAddress,
        'x-auth-nonce': 'a'.repeat(32),
        'x-auth-signature': Buffer.alloc(64).toString('base64'),
        'x-request-id': 'the-same',
      });
    for (const ask of [nonce, sign, three]) {
      await ask(stranger)();
      const [known, unknown] = [await workOf(ask(merchant.wallet.address)), await workOf(ask(stranger))];
      const alike = ({ answer, ...work }: Work & { answer: RawAnswer }): unknown => ({
        ...work,
        status: answer.status,
        shape: answer.text.replaceAll(/"(nonce|message)":"[^"]*"/g, '"$1"'),
      });
      expect(known.statements.length).toBeGreaterThan(0);
      expect(alike(known)).toEqual(alike(unknown));
    }
  });

  it('is told by no answer to an e-mail address or a wallet that another merchant knows (D25)', async () => {
    const other = await app.merchant();
    const type = { 'content-type': 'application/vnd.api+json' };
    const create = (token: string, kind: string, attributes: object) =>
      rawRequest(app.url, 'POST', `/api/public/v1/${kind}`, {
        headers: { ...type, ...bearer(token) },
        body: JSON.stringify({ data: { type: kind, attributes } }),
      });
    expect((await create(merchant.token, 'customers', { name: 'Grace', email: 'grace@example.com' })).status).toBe(201);
    const customer = (email: string) => workOf(() => create(other.token, 'customers', { name: 'Grace', email }));
    await customer('warm@example.com');
    const [known, unknown] = [await customer('grace@example.com'), await customer('nobody@example.com')];
    expect([known.answer.status, unknown.answer.status, known.statements]).toEqual([201, 201, unknown.statements]);
    const invite = (wallet: string) => workOf(() => create(other.token, 'members', { wallet, role: 'viewer' }));
    await invite(testWallet().address);
    const [invitedKnown, invitedUnknown] = [await invite(merchant.wallet.address), await invite(testWallet().address)];
    expect([invitedKnown.answer.status, invitedUnknown.answer.status, invitedKnown.statements]).toEqual([
      201,
      201,
      invitedUnknown.statements,
    ]);
    expect(invitedKnown.statements.length).toBeGreaterThan(2);
    const blind = ({ text }: RawAnswer): string =>
      text.replaceAll(/"(id|wallet|self|createdAt|updatedAt)":"[^"]*"/g, '"$1"');
    expect(blind(invitedKnown.answer)).toBe(blind(invitedUnknown.answer));
  });
});

describe("a token of somebody else's making", () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);

  it.each([
    ['without an algorithm (D21)', { alg: 'none' }, {}],
    ['with None (D21)', { alg: 'None', typ: 'JWT' }, {}],
    ['without alg (D21)', { typ: 'JWT' }, {}],
    ['with a critical extension (D21)', { alg: 'HS256', crit: ['b64'], b64: false }, {}],
    ['with a key id that is a file (D22)', { alg: 'HS256', kid: '../../dev/null' }, {}],
    ['with a key id that is SQL (D22)', { alg: 'HS256', kid: "' or '1'='1" }, {}],
    ['with its own key (D22)', { alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }, {}],
    ['that has expired (D23)', { alg: 'HS256' }, { exp: now - 60 }],
    ['that is not valid yet (D23)', { alg: 'HS256' }, { nbf: now + 600 }],
    ['for another audience (D23)', { alg: 'HS256' }, { aud: 'https://other.example', iss: 'https://evil.example' }],
    ['that lives for ever (D23)', { alg: 'HS256' }, { exp: Number.MAX_SAFE_INTEGER }],
    ['whose subject is a list (D23)', { alg: 'HS256' }, { sub: ['a', 'b'] }],
    ['that refreshes (D23)', { alg: 'HS256' }, { typ: 'refresh' }],
  ])('%s is an unknown token like any other', async (_what, header, claims) => {
    const body = { sub: merchant.wallet.address, merchantId, exp: now + 600, ...claims };
    const signed = crypto
      .createHmac('sha256', '')
      .update(`${part(header)}.${part(body)}`)
      .digest('base64url');
    for (const jwt of [
      `${part(header)}.${part(body)}.${signed}`,
      `${part(header)}.${part(body)}.`,
      `ses_${part(header)}.${part(body)}.${signed}`,
    ]) {
      for (const path of PROBES) expect([path, (await get(path, bearer(jwt))).status]).toEqual([path, 401]);
    }
  });

  it('that says where its key lies is not followed there (D22)', async () => {
    let asked = 0;
    const canary = http.createServer((_request, response) => {
      asked += 1;
      response.end('{"keys":[]}');
    });
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/jwks`;
    for (const header of [
      { alg: 'RS256', jku: url },
      { alg: 'RS256', x5u: url },
      { alg: 'RS256', kid: url },
    ]) {
      for (const path of PROBES)
        expect(
          (
            await get(
              path,
              bearer(`${part(header)}.${part({ iss: url, sub: merchant.wallet.address, exp: now + 60 })}.AAAA`),
            )
          ).status,
        ).toBe(401);
    }
    await new Promise((resolve) => canary.close(resolve));
    expect(asked).toBe(0);
  });
});

describe('a session', () => {
  const sources = globSync('src/**/*.ts')
    .filter((file) => !file.endsWith('.spec.ts'))
    .map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(file, 'utf8') }));
  const filesWith = (pattern: RegExp): string[] =>
    sources
      .filter(({ text }) => pattern.test(text))
      .map(({ file }) => file)
      .toSorted();

  it('comes from one function, which is called where a wallet has proven itself and nowhere else (D08)', () => {
    expect(filesWith(/insert into sessions/i)).toEqual(['src/auth/sessions.repository.ts']);
    expect(filesWith(/\bSessionsRepository\b/)).toEqual([
      'src/auth/auth-housekeeping.service.ts',
      'src/auth/auth.module.ts',
      'src/auth/sessions.repository.ts',
      'src/auth/sessions.service.ts',
    ]);
    expect(filesWith(/\btoken\(SESSION_PREFIX\)|token\('ses_/)).toEqual(['src/auth/sessions.service.ts']);
    expect(filesWith(/\bSessionsService\b/)).toEqual([
      'src/auth/auth.module.ts',
      'src/auth/authentication.service.ts',
      'src/auth/sessions.service.ts',
      'src/auth/sign-in.service.ts',
    ]);
    const text = (file: string): string => sources.find((each) => each.file === file)?.text ?? '';
    expect(text('src/auth/authentication.service.ts').match(/this\.sessions\.\w+/g)).toEqual([
      'this.sessions.revoke',
      'this.sessions.principalOf',
    ]);
    // Both ways in use the challenge up in the transaction that opens the session.
    const opening = [
      ...text('src/auth/sign-in.service.ts').matchAll(
        /async (\w+)\([^)]*\)[^{]*\{((?:(?!\n {2}\}).)*this\.sessions\.open\(.*?)\n {2}\}/gs,
      ),
    ].map(([, name, body]) => [name, /claim\(proof\)/.test(body ?? '')]);
    expect(opening).toEqual([
      ['withMessage', true],
      ['withTransaction', true],
    ]);
    expect(text('src/auth/sign-in.service.ts').match(/this\.sessions\.open\(/g)).toHaveLength(2);
  });

  it('is opened by no route but the two of signing in, whoever asks (D08)', async () => {
    const count = async (): Promise<unknown> => (await app.sql('select count(*) as count from sessions'))[0];
    const before = await count();
    const { secret } = await issueKey();
    for (const route of listPolicies(app.app)) {
      if (route.path.endsWith('/logout')) continue;
      const target = route.path.replaceAll(/:\w+/g, 'x');
      for (const headers of [{}, bearer(merchant.token), bearer(secret)]) {
        const type = route.path.startsWith('/api/public/v1') ? 'application/vnd.api+json' : 'application/json';
        const answer = await rawRequest(
          app.url,
          route.method,
          target,
          ['GET', 'DELETE'].includes(route.method)
            ? { headers }
            : { headers: { 'content-type': type, ...headers }, body: '{}' },
        );
        expect([route.handler, /ses_[a-z2-7]{20}/.test(answer.text)]).toEqual([route.handler, false]);
      }
    }
    expect(await count()).toEqual(before);
  });

  it('is never in a cookie: no route sets one, and one that is sent is not read (D29)', async () => {
    const set: string[] = [];
    const look = (what: string, { headers }: RawAnswer): void => {
      if (headers['set-cookie'] !== undefined) set.push(what);
    };
    for (const route of listPolicies(app.app)) {
      if (route.path.endsWith('/logout')) continue;
      const target = route.path.replaceAll(/:\w+/g, 'x');
      look(route.handler, await rawRequest(app.url, route.method, target));
      if (route.method === 'GET') look(route.handler, await get(target, bearer(merchant.token)));
    }
    for (const path of ['/', '/docs', '/nothing', '/pay/x', '/health/live', '/metrics'])
      look(path, await get(path, {}));
    const { text } = await post('/api/auth/nonce', { walletAddress: merchant.wallet.address });
    const { nonce, message } = JSON.parse(text) as { nonce: string; message: string };
    const opened = await post('/api/auth/session', {
      walletAddress: merchant.wallet.address,
      nonce,
      signature: merchant.wallet.signMessage(message),
    });
    expect(opened.status).toBe(200);
    look('signing in', opened);
    expect(set).toEqual([]);
    const { token } = JSON.parse(opened.text) as { token: string };
    for (const name of ['session', 'token', 'sessionToken', '__Host-session', 'Authorization'])
      expect((await get('/api/auth/me', { cookie: `${name}=${token}` })).status).toBe(401);
    expect((await get('/api/auth/me', bearer(token))).status).toBe(200);
  });

  it('is not read from the address, and the log tells no query (D03)', async () => {
    const { secret } = await issueKey();
    for (const each of [secret, merchant.token]) {
      for (const name of ['api_key', 'apiKey', 'key', 'token', 'access_token', 'Authorization', 'bearer']) {
        const { status } = await get(`${PARTNER_PROBE}?${name}=${each}`, {});
        expect([name, status]).toEqual([name, 401]);
      }
      await get(`/api/links/${'a'.repeat(32)}?token=${each}`, {});
      expect(lines.filter((line) => line.includes(each) || line.includes('api_key='))).toEqual([]);
    }
    expect(lines.some((line) => line.includes(PARTNER_PROBE))).toBe(true);
  });
});
