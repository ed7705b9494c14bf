import { Controller, Get, Global, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TransactionBuilder } from '@stellar/stellar-sdk/base';
import { DIALECTS } from '../../src/app.dialects';
import { Dialects } from '../../src/http/dialect';
import { AuthSettings } from '../../src/auth/auth-settings';
import { Caller } from '../../src/auth/caller.decorator';
import { trustedProxies } from '../../src/auth/client-address';
import { CredentialsService } from '../../src/auth/credentials.service';
import { Public, RateLimited, Requires } from '../../src/auth/policy';
import type { Principal } from '../../src/common/principal';
import { listPolicies } from '../../src/auth/route-policies';
import { Clock } from '../../src/common/clock';
import { Ids } from '../../src/common/ids';
import { Randomness, SystemRandomness } from '../../src/common/secrets';
import { DatabaseModule } from '../../src/database/database.module';
import { TomlSettings } from '../../src/dialects/wallet/toml-settings';
import { WalletAuthModule } from '../../src/dialects/wallet/auth/wallet-auth.module';
import { AllowTable } from '../../src/http/allow-table';
import { ErrorFilter } from '../../src/http/error.filter';
import { ValidationPipe } from '../../src/http/validation.pipe';
import { MerchantsModule } from '../../src/merchants/merchants.module';
import { MerchantsService } from '../../src/merchants/merchants.service';
import { muxedAddress } from '../../src/stellar/address';
import { LedgerSources } from '../../src/stellar/ledger-sources';
import {
  AccountsLedger,
  SERVER,
  TEST_LIMITS,
  TestClock,
  testSettings,
  testWallet,
  type TestWallet,
} from '../medium/auth-fixtures';
import { testDatabase, type TestDatabase } from '../support/database';

@Controller('planted')
class PlantedController {
  @Get('forgotten')
  forgotten(): string {
    return 'secret';
  }

  @Get('links')
  @Requires('links:write')
  links(@Caller() caller: Principal): { actor: string } {
    return { actor: caller.actor };
  }

  @Get('counted')
  @Requires('links:read')
  @RateLimited({ name: 'planted', limit: () => 2, windowSeconds: 1_000_000_000, message: 'Too many of these' })
  counted(): { ok: true } {
    return { ok: true };
  }

  @Get('probe')
  @Public({ limited: false })
  probe(): { ok: true } {
    return { ok: true };
  }
}

const clock = new TestClock();
const ledger = new AccountsLedger('sandbox');
const WIDE = { ...TEST_LIMITS, anonymousPerMinute: 1000, noncesPer15Minutes: 1000, sessionsPer15Minutes: 1000 };
const providers = [
  { provide: Clock, useValue: clock },
  { provide: Randomness, useClass: SystemRandomness },
  { provide: Ids, useValue: new Ids(clock, new SystemRandomness()) },
  { provide: LedgerSources, useValue: new LedgerSources([ledger]) },
  { provide: Dialects, useValue: DIALECTS },
];

async function startApp(url: string, auth: AuthSettings): Promise<NestFastifyApplication> {
  const toml: TomlSettings = {
    publicUrl: auth.publicUrl,
    uriRequestSigningKey: null,
    currencies: [{ code: 'XLM', issuer: null }],
  };
  const all = [...providers, { provide: AuthSettings, useValue: auth }, { provide: TomlSettings, useValue: toml }];
  @Global()
  @Module({ providers: all, exports: all.map((each) => each.provide) })
  class SettingsModule {}
  @Module({
    imports: [
      SettingsModule,
      DatabaseModule.connectedTo({ url, poolSize: 8, prepare: true, applicationName: 'test' }),
      WalletAuthModule,
      MerchantsModule,
    ],
    controllers: [PlantedController],
  })
  class TestModule {}
  const app = await NestFactory.create<NestFastifyApplication>(
    TestModule,
    new FastifyAdapter({ trustProxy: trustedProxies(1) }),
    { logger: false },
  );
  app.useGlobalFilters(new ErrorFilter(DIALECTS, new AllowTable()));
  app.useGlobalPipes(new ValidationPipe());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

let database: TestDatabase;
let app: NestFastifyApplication;
const opened: INestApplication[] = [];

async function openApp(overrides: Partial<AuthSettings> = {}): Promise<NestFastifyApplication> {
  const started = await startApp(database.url, testSettings({ limits: WIDE, ...overrides }));
  opened.push(started);
  return started;
}

beforeAll(async () => {
  database = await testDatabase();
  app = await openApp();
});

afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()));
  await database?.drop();
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Record<string, unknown>;
}

async function call(
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  options: {
    headers?: Record<string, string | string[]>;
    body?: object;
    from?: string;
    to?: NestFastifyApplication;
  } = {},
): Promise<Answer> {
  const { headers = {}, body, from, to = app } = options;
  const forwarded = from === undefined ? {} : { 'x-forwarded-for': from };
  const response = await to.inject({
    method,
    url,
    headers: { ...headers, ...forwarded },
    ...(body === undefined ? {} : { payload: body }),
  });
  const json = String(response.headers['content-type']).startsWith('application/json') && response.body !== '';
  return {
    status: response.statusCode,
    headers: response.headers,
    body: json ? (response.json() as Record<string, unknown>) : { text: response.body },
  };
}

async function proofOf(wallet: TestWallet): Promise<{ walletAddress: string; nonce: string; signature: string }> {
  const { body } = await call('POST', '/api/auth/nonce', { body: { walletAddress: wallet.address } });
  return {
    walletAddress: wallet.address,
    nonce: String(body['nonce']),
    signature: wallet.sign(String(body['message'])),
  };
}

async function tokenOf(wallet: TestWallet): Promise<string> {
  const { body } = await call('POST', '/api/auth/session', { body: await proofOf(wallet) });
  return String(body['token']);
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

describe('the documented answers', () => {
  test('POST nonce answers nonce, message and 300', async () => {
    const { status, body, headers } = await call('POST', '/api/auth/nonce', {
      body: { walletAddress: testWallet().address },
    });
    expect([status, Object.keys(body)]).toEqual([200, ['nonce', 'message', 'expiresIn']]);
    expect(body).toMatchObject({ nonce: expect.stringMatching(/^[a-z2-7]{32}$/), expiresIn: 300 });
    expect(headers).toMatchObject({ 'ratelimit-limit': '1000', 'ratelimit-policy': '1000;w=900' });
  });

  test.each([
    ['nothing', {}],
    ['null', { walletAddress: null }],
    ['a number', { walletAddress: 7 }],
    ['a letter', { walletAddress: 'G' }],
    ['a wrong checksum', { walletAddress: `G${'A'.repeat(55)}` }],
    ['a muxed account (D17)', { walletAddress: muxedAddress(testWallet().address, 1n) }],
    ['a list', { walletAddress: [testWallet().address] }],
  ])('POST nonce for %s is refused', async (_what, body) => {
    const answer = await call('POST', '/api/auth/nonce', { body });
    expect([answer.status, answer.body]).toEqual([400, { error: 'Invalid Stellar address' }]);
  });

  test('POST session answers both spellings of the token', async () => {
    const wallet = testWallet();
    const { status, body } = await call('POST', '/api/auth/session', { body: await proofOf(wallet) });
    expect(status).toBe(200);
    const token = body['token'];
    expect(body).toEqual({
      token,
      sessionToken: token,
      expiresAt: new Date(clock.now().getTime() + 1_800_000).toISOString(),
      expiresIn: 1800,
      walletAddress: wallet.address,
    });
    const me = await call('GET', '/api/auth/me', { headers: bearer(String(token)) });
    expect(me).toMatchObject({ status: 200, body: { kind: 'session', walletAddress: wallet.address, network: null } });
  });

  test('POST session with a wrong or used signature, a wrong address or missing members', async () => {
    const proof = await proofOf(testWallet());
    const expired = { error: 'Invalid or expired signature. Request a new nonce from POST /api/auth/nonce' };
    expect(await call('POST', '/api/auth/session', { body: { ...proof, signature: 'x' } })).toMatchObject({
      status: 401,
      body: expired,
    });
    expect(await call('POST', '/api/auth/session', { body: proof })).toMatchObject({ status: 200 });
    expect(await call('POST', '/api/auth/session', { body: proof })).toMatchObject({ status: 401, body: expired });
    expect(await call('POST', '/api/auth/session', { body: { ...proof, walletAddress: 'x' } })).toMatchObject({
      status: 400,
      body: { error: 'Invalid Stellar address' },
    });
    const missing = await call('POST', '/api/auth/session', { body: { walletAddress: proof.walletAddress } });
    expect(missing).toMatchObject({ status: 400, body: { details: [{ path: 'nonce' }, { path: 'signature' }] } });
  });

  test('the sentences of the 401', async () => {
    const wallet = testWallet();
    const cases: [Record<string, string>, string][] = [
      [{}, 'Authentication required'],
      [{ authorization: 'Basic dXNlcjpwYXNz' }, 'Authentication required'],
      [
        { 'x-wallet-address': wallet.address },
        'Authentication required. Provide x-auth-nonce and x-auth-signature headers. Request a nonce from POST /api/auth/nonce',
      ],
      [bearer(`ses_${'a'.repeat(52)}`), 'Invalid or expired session token. Re-authenticate your wallet.'],
      [{ 'x-auth-nonce': 'n', 'x-auth-signature': 's' }, 'Valid wallet address required (x-wallet-address)'],
      [
        { 'x-wallet-address': 'G', 'x-auth-nonce': 'n', 'x-auth-signature': 's' },
        'Valid wallet address required (x-wallet-address)',
      ],
      [
        { 'x-wallet-address': wallet.address, 'x-auth-nonce': 'n', 'x-auth-signature': 's' },
        'Invalid or expired signature. Request a new nonce from POST /api/auth/nonce',
      ],
    ];
    for (const [headers, error] of cases)
      expect(await call('GET', '/api/auth/me', { headers })).toMatchObject({ status: 401, body: { error } });
  });

  test('the three headers sign one request', async () => {
    const wallet = testWallet();
    const { nonce, signature } = await proofOf(wallet);
    const headers = { 'x-wallet-address': wallet.address, 'x-auth-nonce': nonce, 'x-auth-signature': signature };
    expect(await call('GET', '/api/auth/me', { headers })).toMatchObject({
      status: 200,
      body: { walletAddress: wallet.address },
    });
    expect((await call('GET', '/api/auth/me', { headers })).status).toBe(401);
  });

  test('POST logout ends the session at once', async () => {
    const token = await tokenOf(testWallet());
    expect(await call('POST', '/api/auth/logout', { headers: bearer(token) })).toMatchObject({ status: 204 });
    expect((await call('GET', '/api/auth/me', { headers: bearer(token) })).status).toBe(401);
  });

  test('SEP-10: challenge and token, and no cross-origin hindrance', async () => {
    const wallet = testWallet();
    const issued = await call('GET', `/api/auth/sep10?account=${wallet.address}`);
    expect(issued).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': '*' },
      body: { network_passphrase: ledger.passphrase },
    });
    const transaction = TransactionBuilder.fromXdr(String(issued.body['transaction']), ledger.passphrase);
    transaction.sign(wallet.keypair);
    const answer = await call('POST', '/api/auth/sep10', { body: { transaction: transaction.toXdr() } });
    expect(answer).toMatchObject({
      status: 200,
      body: { token: expect.stringMatching(/^eyJ/), walletAddress: wallet.address },
    });
    expect(await call('POST', '/api/auth/sep10', { body: { transaction: transaction.toXdr() } })).toMatchObject({
      status: 401,
      headers: { 'access-control-allow-origin': '*' },
    });
    const again = TransactionBuilder.fromXdr(
      String((await call('GET', `/api/auth/sep10?account=${wallet.address}`)).body['transaction']),
      ledger.passphrase,
    );
    again.sign(wallet.keypair);
    expect([
      (await call('POST', '/api/auth/sep10', { body: { transaction: ` ${again.toXdr()}\n` } })).status,
      'with white space around it',
    ]).toEqual([200, 'with white space around it']);
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/api/auth/sep10',
      headers: { origin: 'https://wallet.example', 'access-control-request-method': 'POST' },
    });
    expect([preflight.statusCode, preflight.headers['access-control-allow-headers']]).toEqual([204, 'content-type']);
    expect((await call('GET', '/api/auth/sep10')).body).toEqual({ error: 'Invalid Stellar address' });
    expect((await call('GET', `/api/auth/sep10?account=${wallet.address}&client_domain=169.254.169.254`)).status).toBe(
      200,
    );
    expect((await call('GET', `/api/auth/sep10?account=${muxedAddress(wallet.address, 1n)}`)).status).toBe(400);
  });

  test('SEP-10 is a 404 without a key', async () => {
    const off = await openApp({ sep10Secret: null });
    expect((await call('GET', `/api/auth/sep10?account=${testWallet().address}`, { to: off })).status).toBe(404);
    expect((await call('GET', '/.well-known/stellar.toml', { to: off })).body['text']).not.toContain('SIGNING_KEY');
  });

  test('stellar.toml names the sign-in endpoint and its key to every origin', async () => {
    const answer = await call('GET', '/.well-known/stellar.toml');
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'access-control-allow-origin': '*' },
    });
    expect(answer.body['text']).toContain(`SIGNING_KEY = "${SERVER.publicKey()}"`);
    expect(answer.body['text']).toContain('WEB_AUTH_ENDPOINT = "https://pay.example.com/api/auth/sep10"');
  });
});

describe('the door', () => {
  test('D28 a handler without a policy is closed, to good credentials too', async () => {
    expect((await call('GET', '/planted/forgotten')).status).toBe(403);
    expect(await call('GET', '/planted/forgotten', { headers: bearer(await tokenOf(testWallet())) })).toMatchObject({
      status: 403,
      body: { error: 'Unauthorized' },
    });
  });

  test('D28 the list of policies finds the planted handler and every other', () => {
    const policies = listPolicies(app);
    expect(policies.filter((route) => route.policy === undefined).map((route) => route.handler)).toEqual([
      'PlantedController.forgotten',
    ]);
    const routes = Object.fromEntries(policies.map((route) => [`${route.method} ${route.path}`, route.policy?.kind]));
    expect(routes).toMatchObject({
      'POST /api/auth/nonce': 'public',
      'POST /api/auth/logout': 'authenticated',
      'GET /.well-known/stellar.toml': 'public',
      'GET /planted/links': 'requires',
    });
  });

  test('a missing scope is a 403 that names the scope', async () => {
    const { merchantId } = await app.get(MerchantsService).openForWallet(testWallet().address);
    const reader = await app
      .get(CredentialsService)
      .issueApiKey({ merchantId, network: 'sandbox', label: 'reader', scopes: ['links:read'] });
    const writer = await app
      .get(CredentialsService)
      .issueClientKey({ merchantId, network: 'sandbox', label: 'writer' });
    expect(await call('GET', '/planted/links', { headers: bearer(reader.secret) })).toMatchObject({
      status: 403,
      body: { error: expect.stringContaining('links:write') },
    });
    expect(
      await call('GET', '/planted/links', {
        headers: { 'x-client-key': writer.publicPart, 'x-client-secret': writer.secret },
      }),
    ).toMatchObject({ status: 200, body: { actor: `client_key:${writer.id}` } });
  });

  test('D03 a key in the query is not read', async () => {
    const { merchantId } = await app.get(MerchantsService).openForWallet(testWallet().address);
    const { secret } = await app.get(CredentialsService).issueApiKey({ merchantId, network: 'sandbox', label: 'k' });
    for (const query of [
      `api_key=${secret}`,
      `token=${secret}`,
      `access_token=${secret}`,
      `Authorization=Bearer%20${secret}`,
    ])
      expect((await call('GET', `/planted/links?${query}`)).status).toBe(401);
  });

  test('D05 two kinds of credentials at once are a 400', async () => {
    const answer = await call('GET', '/api/auth/me', {
      headers: { ...bearer(await tokenOf(testWallet())), 'x-client-key': 'k', 'x-client-secret': 's' },
    });
    expect([answer.status, answer.body]).toEqual([400, { error: 'Send exactly one kind of credentials' }]);
  });

  test('D04 a header sent twice is refused', async () => {
    const token = await tokenOf(testWallet());
    expect(
      (await call('GET', '/api/auth/me', { headers: { authorization: [`Bearer ${token}`, `Bearer ${token}`] } }))
        .status,
    ).toBe(401);
  });

  test('D06 D20 another process of the service knows the same sessions and nonces', async () => {
    const other = await openApp();
    const wallet = testWallet();
    const proof = await proofOf(wallet);
    const { body } = await call('POST', '/api/auth/session', { body: proof, to: other });
    expect((await call('GET', '/api/auth/me', { headers: bearer(String(body['token'])) })).status).toBe(200);
    await call('POST', '/api/auth/logout', { headers: bearer(String(body['token'])) });
    expect((await call('GET', '/api/auth/me', { headers: bearer(String(body['token'])), to: other })).status).toBe(401);
  });

  test('D21 D22 foreign tokens are nothing but unknown tokens', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const header of [
      { alg: 'none' },
      { alg: 'HS256', kid: '../../dev/null' },
      { alg: 'RS256', jku: 'http://169.254.169.254/' },
    ]) {
      expect(
        (
          await call('GET', '/api/auth/me', {
            headers: bearer(`${part(header)}.${part({ sub: testWallet().address, exp: 9e9 })}.`),
          })
        ).status,
      ).toBe(401);
    }
  });

  test('D26 no spelling of a path leads past the guard', async () => {
    const paths = [
      '/planted/links',
      '/planted/%6cinks',
      '//planted/links',
      '/planted//links',
      '/planted/./links',
      '/planted/x/../links',
      '/PLANTED/links',
      '/planted/links/',
      '/planted/links;a=b',
      '/planted/links%2f',
      '/planted%2flinks',
      '/planted/%256cinks',
      '/planted/links?',
      '/planted/links%00',
      '/./planted/links',
      '/planted\\links',
    ];
    for (const path of paths) {
      const { status } = await call('GET', path);
      expect([path, [400, 401, 404].includes(status)]).toEqual([path, true]);
    }
  });

  test('D27 no other method and no override leads past the guard', async () => {
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE'] as const) {
      const { statusCode } = await app.inject({ method: method as 'HEAD', url: '/planted/links' });
      expect([method, statusCode >= 400 && statusCode < 500]).toEqual([method, true]);
    }
    const token = await tokenOf(testWallet());
    const override = await call('GET', '/planted/links?_method=DELETE', {
      headers: { ...bearer(token), 'x-http-method-override': 'DELETE' },
    });
    expect([override.status, override.body['actor']]).toEqual([200, expect.stringMatching(/^wallet:G/)]);
  });
});

describe('limits', () => {
  test('H08 the nonce limit holds across two processes and for a whole /64, whatever headers claim', async () => {
    const limits = { ...TEST_LIMITS, anonymousPerMinute: 1000, noncesPer15Minutes: 10 };
    const processes = [await openApp({ limits }), await openApp({ limits })];
    const ask = (index: number) =>
      call('POST', '/api/auth/nonce', {
        to: processes[index % 2] as NestFastifyApplication,
        from: `10.0.0.${index}, 2001:db8:7:7::${(index + 1).toString(16)}`,
        headers: { 'x-real-ip': `10.1.1.${index}`, forwarded: `for=10.2.2.${index}` },
        body: { walletAddress: testWallet().address },
      });
    const answers = [];
    for (let index = 0; index < 14; index++) answers.push(await ask(index));
    expect(answers.map((answer) => answer.status)).toEqual([
      ...Array.from({ length: 10 }, () => 200),
      429,
      429,
      429,
      429,
    ]);
    const refused = answers[13] as Answer;
    expect(refused.body).toEqual({ error: 'Too many requests, please try again later' });
    expect(refused.headers).toMatchObject({
      'ratelimit-limit': '10',
      'ratelimit-remaining': '0',
      'ratelimit-policy': '10;w=900',
    });
    expect(refused.headers['retry-after']).toBe(refused.headers['ratelimit-reset']);
    expect(Number(refused.headers['ratelimit-reset'])).toBeLessThanOrEqual(900);
    const neighbour = await call('POST', '/api/auth/nonce', {
      to: processes[0] as NestFastifyApplication,
      from: '2001:db8:7:8::1',
      body: { walletAddress: testWallet().address },
    });
    expect(neighbour.status).toBe(200);
  });

  test('a limit of an authenticated route counts each credential', async () => {
    const [one, two] = [await tokenOf(testWallet()), await tokenOf(testWallet())];
    const statuses = [];
    for (const token of [one, one, one, two])
      statuses.push((await call('GET', '/planted/counted', { headers: bearer(token) })).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
    expect((await call('GET', '/planted/counted', { headers: bearer(one) })).body).toEqual({
      error: 'Too many of these',
    });
  });

  test('D01 guessing credentials is limited per address, and good credentials from there still work', async () => {
    const narrow = await openApp({ limits: { ...TEST_LIMITS, anonymousPerMinute: 3 } });
    const token = await tokenOf(testWallet());
    const guess = () =>
      call('GET', '/api/auth/me', { to: narrow, from: '192.0.2.50', headers: bearer(`ses_${'b'.repeat(52)}`) });
    const statuses = [];
    for (let index = 0; index < 5; index++) statuses.push((await guess()).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect((await call('GET', '/api/auth/me', { to: narrow, from: '192.0.2.50', headers: bearer(token) })).status).toBe(
      200,
    );
    expect((await call('GET', '/.well-known/stellar.toml', { to: narrow, from: '192.0.2.50' })).status).toBe(429);
    expect((await call('GET', '/planted/probe', { to: narrow, from: '192.0.2.50' })).status).toBe(200);
  });
});
