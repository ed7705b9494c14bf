import type { ApiClient, Answer } from '../support/api-client';
import { TestApp } from '../support/app';
import { rawRequest } from '../contract/raw-request';

/** What every address of the merchant API has in common. */

const HEALTH = '/api/v0/health';
const JSON_TYPE = { 'content-type': 'application/json' };
const BAD = 'Unauthorized. Client key or secret is invalid or missing.';

let app: TestApp;
let merchantId: string;
let pair: Record<string, string>;
let shop: ApiClient;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { LIMIT_MERCHANT_PER_MINUTE: '1000' } });
  ({ merchantId } = await app.merchant());
  pair = await app.clientPair(merchantId);
  shop = await app.shopClient(merchantId);
});
afterAll(() => app.stop());

/** Seconds until the window of a verdict ends, which is the end of a minute of the clock. */
const limitsOf = (headers: Answer['headers']): unknown => ({
  limit: headers.get('x-ratelimit-limit'),
  endsWithMinute: Number(headers.get('x-ratelimit-reset')) % 60 === 0,
  ahead: Number(headers.get('x-ratelimit-reset')) - Date.now() / 1000 <= 61,
});

describe('health', () => {
  it('tells the holder of a client key that the service, its database and the key are good', async () => {
    const { status, body } = await shop.get(HEALTH);
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      database: 'connected',
      message: 'Service is up and running',
      authenticated: true,
    });
  });

  it('tells anybody that the service answers, and no more', async () => {
    const { status, body, headers } = await app.client.get(`${HEALTH}/public`);
    expect([status, Object.keys(body), body.status]).toEqual([200, ['status', 'timestamp', 'version'], 'ok']);
    expect(headers.get('x-ratelimit-limit')).not.toBeNull();
  });
});

describe('credentials', () => {
  const half = (name: string): Record<string, string> => ({ [name]: pair[name] as string });

  it.each([
    ['none', () => ({})],
    ['a key without its secret', () => half('x-client-key')],
    ['a secret without its key', () => half('x-client-secret')],
    ['a wrong secret', () => ({ ...pair, 'x-client-secret': 'cs_test_x' })],
    ['a wrong key', () => ({ ...pair, 'x-client-key': 'ck_test_x' })],
    ['empty texts', () => ({ 'x-client-key': '', 'x-client-secret': '' })],
  ])('%s is 401 with one sentence for all', async (_what, headers) => {
    const answer = await app.client.get(HEALTH, headers());
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ statusCode: 401, message: BAD, error: 'Unauthorized' });
    expect(answer.headers.get('www-authenticate')).toMatch(/^ClientKey /);
  });

  it('two kinds at once are 400', async () => {
    const answer = await app.client.get(HEALTH, { ...pair, authorization: 'Bearer sk_test_x' });
    expect(answer.body).toEqual({
      statusCode: 400,
      message: 'Send exactly one kind of credentials',
      error: 'Bad Request',
    });
  });
});

describe('errors', () => {
  it.each([
    ['an unknown address', 'GET', '/api/v0/nothing', {}, 404, 'Not Found'],
    ['the prefix alone', 'GET', '/api/v0', {}, 404, 'Not Found'],
    ['another method', 'POST', HEALTH, {}, 405, 'Method Not Allowed'],
    ['a body that is no JSON', 'POST', HEALTH, { headers: JSON_TYPE, body: '{' }, 400, 'Bad Request'],
    ['a body too large', 'POST', HEALTH, { headers: JSON_TYPE, body: ' '.repeat(70_000) }, 413, 'Payload Too Large'],
    ['an address that is no URL', 'GET', '/api/v0/health/%zz', {}, 400, 'Bad Request'],
    [
      'a compressed body',
      'POST',
      HEALTH,
      { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: 'x' },
      415,
      'Unsupported Media Type',
    ],
  ])(
    '%s is answered in the envelope, with what is left of the limit',
    async (_what, method, path, options, status, error) => {
      const answer = await rawRequest(app.url, method, path, options);
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        status,
        { statusCode: status, message: expect.any(String), error },
      ]);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'x-ratelimit-limit': expect.stringMatching(/^\d+$/),
        'x-ratelimit-remaining': expect.stringMatching(/^\d+$/),
        'x-ratelimit-reset': expect.stringMatching(/^\d+$/),
      });
    },
  );
});

describe('limits', () => {
  it('X-RateLimit tells the limit, what is left of it and the end of the minute', async () => {
    const { headers } = await shop.get(HEALTH);
    expect(limitsOf(headers)).toEqual({ limit: '1000', endsWithMinute: true, ahead: true });
    expect([headers.get('ratelimit-limit'), headers.get('ratelimit-policy')]).toEqual([null, null]);
  });

  it('an early refusal counts as well, and tells what is left to the client', async () => {
    const key = await app.shopClient(merchantId);
    const left = async (path: string): Promise<[number, number]> => {
      const { status, headers } = await key.get(path);
      expect(headers.get('x-ratelimit-limit')).toBe('1000');
      return [status, Number(headers.get('x-ratelimit-reset')) * 10_000 + Number(headers.get('x-ratelimit-remaining'))];
    };
    const [[first, before], [second, after]] = [await left(HEALTH), await left('/api/v0/nothing')];
    expect([first, second]).toEqual([200, 404]);
    // In a new minute there is more than in the last one, and the end of it is later.
    expect([before - 1, before + 60 * 10_000]).toContain(after);
  });

  it('of the address are told to those who have no good credentials', async () => {
    for (const headers of [{}, { ...pair, 'x-client-secret': 'cs_test_x' }]) {
      const answer = await app.client.get('/api/v0/nothing', headers);
      expect([answer.status, answer.headers.get('x-ratelimit-limit')]).toEqual([404, '1000000']);
    }
  });

  it('exactly so many requests of a key are answered in a minute, however many come at once', async () => {
    const narrow = await TestApp.start({
      databaseUrl: app.databaseUrl,
      reconcile: false,
      env: { LIMIT_MERCHANT_PER_MINUTE: '5', ROLE: 'api' },
    });
    try {
      const client = await narrow.shopClient(merchantId);
      const answers = await Promise.all(Array.from({ length: 30 }, () => client.get(HEALTH)));
      const windows = Map.groupBy(answers, ({ headers }) => headers.get('x-ratelimit-reset'));
      for (const inWindow of windows.values())
        expect(inWindow.filter(({ status }) => status === 200)).toHaveLength(Math.min(5, inWindow.length));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThanOrEqual(20);
      for (const { body, headers } of refused) {
        const retryAfter = Number(headers.get('retry-after'));
        expect(body).toEqual({ statusCode: 429, message: 'Rate limit exceeded', retryAfter });
        expect([retryAfter >= 1 && retryAfter <= 60, headers.get('x-ratelimit-remaining')]).toEqual([true, '0']);
      }
      // Another key of the merchant has its own.
      expect((await (await narrow.shopClient(merchantId)).get(HEALTH)).status).toBe(200);
    } finally {
      await narrow.stop();
    }
  });
});
