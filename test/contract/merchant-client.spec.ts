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
let merchantId: string;

beforeAll(async () => {
  spot = await RateSource.start(() => '0.85');
  receiver = await WebhookReceiver.start();
  app = await TestApp.start({ reconcile: false, env: { ...spot.onlyEnv, WEBHOOKS_ALLOW_PRIVATE: '1' } });
  const merchant = await app.merchant();
  const { 'x-client-key': key, 'x-client-secret': secret } = await app.clientPair(merchant.merchantId);
  merchantId = merchant.merchantId;
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

  it('taxControllerCreate for the own app; another one is refused', async () => {
    const create = (appIds: string[]): Promise<Json> =>
      call('POST', '/api/v0/taxes', { body: { name: 'Own', percentage: 0.0001, active: false, appIds } });
    const { id: own, percentage } = await create([merchantId]);
    expect(percentage).toBe(0.0001);
    await call('DELETE', `/api/v0/taxes/${own}`);
    await expect(create(['app_123456', 'app_789012'])).rejects.toMatchObject({ status: 400 });
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

  it('webhookControllerCreate with encrypted payloads is refused', async () => {
    const body = { name: 'Encrypted', url: receiver.url, isActive: true, encrypted: true };
    await expect(call('POST', '/api/v0/webhooks', { body })).rejects.toMatchObject({
      status: 400,
      answer: { statusCode: 400, error: 'Bad Request' },
    });
  });

  it('webhookControllerFindAll, with and without a query', async () => {
    const listed = await call('GET', '/api/v0/webhooks?skip=0&take=10');
    expect(listed).toHaveLength(2);
    expect(await call('GET', '/api/v0/webhooks')).toEqual(listed);
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

  it('webhookControllerUpdate of every member', async () => {
    const signing_secret = 'abcdefghijklmnopqrstuvwxyz0123456789-_';
    const body = { name: 'My webhook', url: `${receiver.url}/other`, isActive: true, signing_secret, encrypted: false };
    const changed = await call('PATCH', `/api/v0/webhooks/${id}`, { body });
    expect([changed.url, JSON.stringify(changed).includes(signing_secret)]).toEqual([body.url, false]);
  });

  it('webhookControllerRemove answers with the webhook', async () => {
    expect(await call('DELETE', `/api/v0/webhooks/${id}`)).toMatchObject({ id, name: 'My webhook' });
  });
});

describe('what this service does not offer', () => {
  const KEY = { 'idempotency-key': 'b5f7a0c2-0d4f-4f0b-9a53-0c0f0a7c1f11' };
  const ID = '01a22d61-0d55-77ed-9ad6-ca2dddc1ce6b';
  const INVOICE =
    '{"name":"Invoice","email":"john.doe@example.com","customer_id":"x","currency":"usdc","items":[{"product_id":"x","quantity":1}],"due_date":"2030-01-01T00:00:00.000Z","delivery":"EMAIL","payment_link":false,"payment_methods":["CRYPTO"],"status":"OPEN","partial_payment":false}';
  const ADDRESSES = `/customers/${ID}/liquidation_addresses`;
  const CALLS: readonly (readonly [name: string, method: string, path: string, body?: string, key?: 'with a key'])[] = [
    ['balanceControllerGetAllBalances', 'GET', '/balance'],
    ['balanceControllerGetEURCBalance', 'GET', '/balance/eurc'],
    ['balanceControllerGetUSDCBalance', 'GET', '/balance/usdc'],
    ['walletControllerGetWallets', 'GET', '/wallets'],
    ['invoiceControllerCreate', 'POST', '/invoices', INVOICE],
    ['invoiceControllerFindAll', 'GET', '/invoices'],
    ['invoiceControllerFindAll of a part', 'GET', '/invoices?skip=0&take=10'],
    ['invoiceControllerFindOne', 'GET', `/invoices/${ID}`],
    ['invoiceControllerUpdate', 'PUT', `/invoices/${ID}`, INVOICE],
    [
      'liquidationAddressControllerCreateLiquidationAddress',
      'POST',
      ADDRESSES,
      '{"chain":"polygon","currency":"usdc","address":"0x1"}',
    ],
    ['liquidationAddressControllerGetLiquidationAddress', 'GET', `${ADDRESSES}/la_1`],
    ['liquidationAddressControllerGetLiquidationAddresses', 'GET', ADDRESSES],
    [
      'paymentIntentControllerCreateBankPaymentIntent',
      'POST',
      '/payment-intents/bank',
      '{"sourcePaymentRail":"ach","sourceCurrency":"usd","destinationCurrency":"usdc","destinationNetwork":"stellar","amount":"100.00"}',
      'with a key',
    ],
    [
      'paymentIntentControllerCreateStablePaymentIntent',
      'POST',
      '/payment-intents/stablecoin',
      '{"sourceCurrency":"usdc","sourceNetwork":"stellar","destinationNetwork":"stellar","amount":"100.00"}',
      'with a key',
    ],
    [
      'testPaymentControllerCreatePaymentV0',
      'POST',
      '/test-payment',
      '{"amount":100.5,"currency":"USD","description":"Test payment for order #12345","customerId":"cus_12345"}',
      'with a key',
    ],
    ['testPaymentControllerGetPaymentV0', 'GET', '/test-payment/x'],
    ['testPaymentControllerRefundPaymentV0', 'POST', '/test-payment/x/refund', undefined, 'with a key'],
    [
      'transferControllerCreateDirectBankTransfer',
      'POST',
      '/transfers/direct-bank',
      '{"walletId":"w","paymentRail":"ach","destinationCurrency":"usd","sourceCurrency":"usdc","amount":100}',
    ],
    [
      'transferControllerCreateDirectWalletTransfer',
      'POST',
      '/transfers/direct-wallet',
      '{"walletId":"w","network":"stellar","stableCoinCurrency":"usdc","amount":100}',
    ],
    [
      'transferControllerCreateExternalBankTransfer',
      'POST',
      '/transfers/external-bank-transfer',
      '{"sourceWalletId":"w","sourceCurrency":"usdc","destinationCurrency":"usd","destinationPaymentRail":"ach","external_account_id":"e"}',
    ],
    [
      'transferControllerCreateExternalStablecoinTransfer',
      'POST',
      '/transfers/external-stablecoin-transfer',
      '{"sourceWalletId":"w","sourceCurrency":"usdc","destinationCurrency":"usdc","beneficiaryId":"b"}',
    ],
    [
      'transferControllerCreateStablecoinConversion',
      'POST',
      '/transfers/stablecoin-conversion',
      '{"walletId":"w","sourceNetwork":"stellar","sourceCurrency":"usdc","destinationCurrency":"eurc","amount":1}',
    ],
    ['productControllerUploadImage, which sends no image', 'POST', `/products/${ID}/images`],
  ];
  const offerOf = (method: string, path: string): (typeof NOT_OFFERED)[number] | undefined =>
    NOT_OFFERED.find(
      (call) => call.method === method && new RegExp(`^${call.path.replaceAll(/:\w+/g, '[^/]+')}(?:\\?|$)`).test(path),
    );

  it.each(CALLS.map(([name, method, path, body, key]) => ({ name, method, path, body, key })))(
    '$name is 501 and says what to do instead',
    async ({ method, path, body, key }) => {
      // The calls for these addresses are the only ones that send no credentials.
      const anonymous = path.startsWith(ADDRESSES) ? ({ anonymous: true } as const) : {};
      const refused = call(method, `/api/v0${path}`, {
        ...(body === undefined ? {} : { body: JSON.parse(body) as Json }),
        ...(key ? { headers: KEY } : {}),
        ...anonymous,
      });
      await expect(refused).rejects.toMatchObject({
        status: 501,
        answer: {
          statusCode: 501,
          message: `This service does not offer this. ${offerOf(method, path)?.instead}`,
          error: 'Not Implemented',
        },
      });
    },
  );

  it('and these are all', () => {
    expect(new Set(CALLS.map(([, method, path]) => offerOf(method, path)))).toEqual(new Set(NOT_OFFERED));
  });

  it('nor are images, sent as other clients send them', async () => {
    const body = new FormData();
    body.append('images', new Blob([new Uint8Array(100_000)], { type: 'image/png' }), 'a.png');
    await expect(call('POST', `/api/v0/products/${ID}/images`, { body })).rejects.toMatchObject({ status: 501 });
  });

  it('and says nothing of it to strangers, but for what the client asks as one', async () => {
    for (const [name, method, path] of CALLS.filter((each) => !each[2].startsWith(ADDRESSES)))
      await expect(
        call(method, `/api/v0${path}`, { anonymous: true }).catch((error: Json) => [name, error.status]),
      ).resolves.toEqual([name, 401]);
  });
});
