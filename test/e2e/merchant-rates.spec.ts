import type { ApiClient } from '../support/api-client';
import { TestApp } from '../support/app';
import { RateSource } from '../support/rate-source';

const RATE = '/api/v0/exchange-rate';
const AT = Date.now();

let spot: RateSource;
let prices: Record<string, string>;
let app: TestApp;
let shop: ApiClient;
let merchantId: string;

beforeAll(async () => {
  spot = await RateSource.start(
    (asset, fiat) => prices[`${asset}-${fiat}`],
    () => AT,
  );
  app = await TestApp.start({ reconcile: false, env: spot.onlyEnv });
  ({ merchantId } = await app.merchant());
  shop = await app.shopClient(merchantId);
});
afterAll(async () => {
  await app.stop();
  await spot.stop();
});
beforeEach(() => {
  prices = { 'USDC-EUR': '0.85', 'EURC-USD': '1.17' };
});

const USD_TO_EUR = {
  from: 'usd',
  to: 'eur',
  midmarket_rate: '0.85',
  buy_rate: '0.85',
  sell_rate: '0.85',
  timestamp: new Date(AT).toISOString(),
};

describe('GET /exchange-rate', () => {
  it.each([
    ['', '?from=usd&to=eur'],
    ['', '?from=USD&to=Eur'],
    ['/usd-to-eur', ''],
  ])('%s%s gives texts, and from and to in lower case', async (path, query) => {
    expect(await shop.get(`${RATE}${path}${query}`)).toMatchObject({ status: 200, body: USD_TO_EUR });
  });

  it.each(['?from=eur&to=usd', '/eur-to-usd'])('%s is the rate of the other coin', async (path) => {
    expect((await shop.get(`${RATE}${path}`)).body).toMatchObject({ from: 'eur', to: 'usd', midmarket_rate: '1.17' });
  });

  it('refuses other currencies and missing ones, both at once, and a currency against itself', async () => {
    expect((await shop.get(`${RATE}?from=gbp`)).body).toEqual({
      statusCode: 400,
      message: ['from must be usd or eur', 'to is required'],
      error: 'Bad Request',
    });
    expect((await shop.get(`${RATE}?from=usd&to=USD`)).body).toEqual({
      statusCode: 400,
      message: 'There is no rate between usd and itself: ask for usd and eur',
      error: 'Bad Request',
    });
  });

  it('says 503 with Retry-After rather than a rate that nothing vouches for', async () => {
    const silent = await RateSource.start(() => undefined);
    const blind = await TestApp.start({
      databaseUrl: app.databaseUrl,
      reconcile: false,
      env: { ...silent.onlyEnv, ROLE: 'api' },
    });
    try {
      const client = await blind.shopClient(merchantId);
      const { status, body, headers } = await client.get(`${RATE}/usd-to-eur`);
      expect([status, body.error, headers.get('retry-after')]).toEqual([503, 'Service Unavailable', '10']);
    } finally {
      await blind.stop();
      await silent.stop();
    }
  });

  it('takes the scope rates:read', async () => {
    const client = await app.shopClient(merchantId, { scopes: ['links:read'] });
    expect((await client.get(`${RATE}/usd-to-eur`)).body).toMatchObject({ statusCode: 403, error: 'Forbidden' });
  });
});
