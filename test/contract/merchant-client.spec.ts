import { NOT_OFFERED } from '../../src/dialects/merchant/not-offered/not-offered';
import type { Json } from '../support/api-client';
import { TestApp } from '../support/app';
import { RateSource } from '../support/rate-source';
import { WebhookReceiver } from '../support/webhook-receiver';

/**
 * What the published TypeScript client for this kind of API sends, call by call: these header fields and no others, no
 * type where there is no body, members that are not set left out; and how it reads what is answered.
 */

let app: TestApp;
let spot: RateSource;
let receiver: WebhookReceiver;
let pair: Record<string, string>;

beforeAll(async () => {
  spot = await RateSource.start(() => '0.85');
  receiver = await WebhookReceiver.start();
  app = await TestApp.start({ reconcile: false, env: { ...spot.onlyEnv, WEBHOOKS_ALLOW_PRIVATE: '1' } });
  const { 'x-client-key': key, 'x-client-secret': secret } = await app.clientPair((await app.merchant()).merchantId);
  pair = { 'x-client-secret': secret as string, 'x-client-key': key as string };
});
afterAll(async () => {
  await app.stop();
  await receiver.stop();
  await spot.stop();
});

interface Sent {
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  readonly anonymous?: true;
}

/** `runtime.ts` of the client: fetch with these fields; an answer outside of 2xx is an error. */
async function call(method: string, path: string, { body, headers = {}, anonymous }: Sent = {}): Promise<Json> {
  const isJson = body !== undefined && !(body instanceof FormData) && !(body instanceof URLSearchParams);
  const response = await fetch(`${app.url}${path}`, {
    method,
    headers: { ...(isJson ? { 'Content-Type': 'application/json' } : {}), ...headers, ...(anonymous ? {} : pair) },
    body: isJson ? JSON.stringify(body) : body,
  });
  const answer = await response.json();
  if (!response.ok)
    throw Object.assign(new Error('Response returned an error code'), { status: response.status, answer });
  return answer;
}

const isDate = (text: unknown): boolean => !Number.isNaN(new Date(text as string).getTime());

describe('APIHealthApi', () => {
  it('healthControllerCheckV0', async () => {
    const { timestamp, ...health } = await call('GET', '/api/v0/health');
    expect(health).toEqual({
      status: 'ok',
      version: expect.any(String),
      database: 'connected',
      message: expect.any(String),
      authenticated: true,
    });
    expect(isDate(timestamp)).toBe(true);
  });

  it('healthControllerPublicHealthCheckV0', async () => {
    const { timestamp, ...health } = await call('GET', '/api/v0/health/public', { anonymous: true });
    expect(health).toEqual({ status: 'ok', version: expect.any(String) });
    expect(isDate(timestamp)).toBe(true);
  });
});

describe('ExchangeRatesApi', () => {
  it.each([
    ['exchangeRateControllerGetExchangeRate', '?from=usd&to=eur', 'usd', 'eur'],
    ['exchangeRateControllerGetUSDToEURRate', '/usd-to-eur', 'usd', 'eur'],
    ['exchangeRateControllerGetEURToUSDRate', '/eur-to-usd', 'eur', 'usd'],
  ])('%s', async (_call, path, from, to) => {
    expect(await call('GET', `/api/v0/exchange-rate${path}`)).toEqual({
      from,
      to,
      midmarket_rate: '0.85',
      buy_rate: '0.85',
      sell_rate: '0.85',
      timestamp: expect.any(String),
    });
  });
});

describe('TaxesApi', () => {
  let id: string;

  it('taxControllerCreate', async () => {
    const tax = await call('POST', '/api/v0/taxes', {
      body: { name: 'Sales Tax', description: 'Standard sales tax', percentage: 8.5, active: true },
    });
    expect(tax).toMatchObject({ name: 'Sales Tax', description: 'Standard sales tax', percentage: 8.5, active: true });
    expect([isDate(tax.created_at), isDate(tax.updated_at)]).toEqual([true, true]);
    ({ id } = tax);
  });

  it('taxControllerCreate with what is required alone', async () => {
    expect(await call('POST', '/api/v0/taxes', { body: { name: 'VAT', percentage: 19 } })).toMatchObject({
      active: true,
    });
  });

  it('taxControllerFindAll, with and without a query', async () => {
    expect(await call('GET', '/api/v0/taxes')).toHaveLength(2);
    expect(await call('GET', '/api/v0/taxes?skip=0&take=20&name=Sales&active=true')).toEqual([
      expect.objectContaining({ id }),
    ]);
  });

  it('taxControllerFindOne', async () => {
    expect(await call('GET', `/api/v0/taxes/${encodeURIComponent(id)}`)).toMatchObject({ id });
  });

  it('taxControllerUpdate', async () => {
    const body = { name: 'Updated Sales Tax', description: 'Updated sales tax rate', percentage: 9, active: true };
    expect(await call('PUT', `/api/v0/taxes/${id}`, { body })).toMatchObject({ id, ...body });
  });

  it('taxControllerUpdateWithoutId and taxControllerDeleteWithoutId', async () => {
    for (const [method, verb] of [
      ['PUT', 'update'],
      ['DELETE', 'delete'],
    ] as const)
      await expect(call(method, '/api/v0/taxes')).rejects.toMatchObject({
        status: 400,
        answer: {
          message: `Tax ID is required in the URL path. Use ${method} /api/v0/taxes/{id} to ${verb} a specific tax.`,
          error: 'Bad Request',
          statusCode: 400,
        },
      });
  });

  it('taxControllerRemove', async () => {
    await call('DELETE', `/api/v0/taxes/${id}`);
    await expect(call('GET', `/api/v0/taxes/${id}`)).rejects.toMatchObject({ status: 404 });
  });
});

describe('WebhooksApi', () => {
  let id: string;
  const members = ['id', 'name', 'url', 'isActive', 'encrypted', 'created_at', 'updated_at', 'delivery_stats'];

  it('webhookControllerCreate', async () => {
    const body = { name: 'My webhook', url: receiver.url, isActive: true, encrypted: false };
    const made = await call('POST', '/api/v0/webhooks', { body });
    expect(Object.keys(made)).toEqual(expect.arrayContaining(members));
    expect(made).toMatchObject(body);
    ({ id } = made);
  });

  it('webhookControllerCreate with a secret of its own', async () => {
    const signing_secret = 'whsec_0123456789abcdefghijklmnopqrstuv';
    const made = await call('POST', '/api/v0/webhooks', {
      body: { name: 'Another', url: receiver.url, isActive: false, signing_secret, encrypted: false },
    });
    expect(JSON.stringify(made)).not.toContain(signing_secret);
  });

  it('webhookControllerFindAll', async () => {
    const listed = await call('GET', '/api/v0/webhooks?skip=0&take=10');
    expect(listed).toHaveLength(2);
    for (const each of listed) expect(Object.keys(each)).toEqual(expect.arrayContaining(members));
  });

  it('webhookControllerFindOne', async () => {
    expect(await call('GET', `/api/v0/webhooks/${id}`)).toMatchObject({ id, name: 'My webhook' });
  });

  it('webhookControllerUpdate', async () => {
    expect(await call('PATCH', `/api/v0/webhooks/${id}`, { body: { isActive: false } })).toMatchObject({
      isActive: false,
    });
  });

  it('webhookControllerRemove answers with the webhook', async () => {
    expect(await call('DELETE', `/api/v0/webhooks/${id}`)).toMatchObject({ id, name: 'My webhook' });
  });
});

describe('what this service does not offer', () => {
  it.each(NOT_OFFERED.map(({ method, path, instead }) => [method, path, instead] as const))(
    '%s %s is 501 and says what to do instead',
    async (method, path, instead) => {
      const images = new FormData();
      images.append('images', new Blob([new Uint8Array(100_000)], { type: 'image/png' }), 'a.png');
      const body = method === 'GET' ? undefined : path.endsWith('/images') ? images : { amount: 1, currency: 'usdc' };
      const headers: Record<string, string> = path.startsWith('/payment-intents')
        ? { 'idempotency-key': 'b5f7a0c2-0d4f-4f0b-9a53-0c0f0a7c1f11' }
        : {};
      await expect(
        call(method, `/api/v0${path.replaceAll(/:\w+/g, 'x')}`, body === undefined ? {} : { body, headers }),
      ).rejects.toMatchObject({
        status: 501,
        answer: { statusCode: 501, message: `This service does not offer this. ${instead}`, error: 'Not Implemented' },
      });
    },
  );

  it('and says nothing of it to strangers', async () => {
    await expect(call('GET', '/api/v0/wallets', { anonymous: true })).rejects.toMatchObject({ status: 401 });
  });
});
