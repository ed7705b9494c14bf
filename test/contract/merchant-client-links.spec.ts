import { TestApp } from '../support/app';

/**
 * What the published TypeScript client of the merchant API sends for payment links, call by call: the same methods, addresses, header
 * fields and bytes. It reads no body of the answers, and takes every status from 200 to 299 for success.
 */

const LINKS = '/api/v0/payment-links';

let app: TestApp;
let pair: Record<string, string>;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false });
  pair = await app.clientPair((await app.merchant()).merchantId);
});
afterAll(() => app.stop());

interface Call {
  readonly path: string;
  readonly method: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** As `BaseAPI.request` does it. */
function send({ path, method, query = {}, body }: Call): Promise<Response> {
  const search = Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
  return fetch(`${app.url}${path}${search === '' ? '' : `?${search}`}`, {
    method,
    headers: {
      ...type,
      'x-client-secret': pair['x-client-secret'] as string,
      'x-client-key': pair['x-client-key'] as string,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The members in the client's order; what the caller leaves out is not sent. */
function createBody(value: Record<string, unknown>): object {
  const names = [
    'title',
    'url',
    'description',
    'coverImage',
    'linkType',
    'amount',
    'paymentForId',
    'customerId',
    'paymentLinkProducts',
    'isForAllProduct',
    'allowQuantityAdjustment',
    'collectTax',
    'taxId',
    'collectAddress',
    'limitPayments',
    'maxPayments',
    'customFields',
    'allowMobilePayment',
    'currency',
  ];
  return {
    ...Object.fromEntries(names.map((name) => [name, value[name]])),
    expiration_date: (value['expirationDate'] as Date | undefined)?.toISOString(),
  };
}

const REQUIRED = {
  title: 'Premium Subscription',
  allowQuantityAdjustment: true,
  collectTax: false,
  collectAddress: false,
  allowMobilePayment: false,
  currency: 'usdc',
};
const create = (value: Record<string, unknown>): Promise<Response> =>
  send({ path: LINKS, method: 'POST', body: createBody({ ...REQUIRED, ...value }) });

describe('the published client', () => {
  it.each([
    ['INVOICE', { amount: 29.99 }],
    ['PRODUCT', { amount: 29.99 }],
    ['COLLECTION', {}],
    ['DONATION', {}],
  ])('paymentLinksControllerCreate makes a link of its type %s', async (linkType, more) => {
    const response = await create({ url: `of-${linkType}`, linkType, ...more });
    expect(response.status).toBe(201);
  });

  it('paymentLinksControllerCreate sends every member it has', async () => {
    const post = async (path: string, body: object): Promise<string> =>
      ((await (await send({ path: `/api/v0/${path}`, method: 'POST', body })).json()) as { id: string }).id;
    const productId = await post('products', { name: 'Tee', description: 'Cotton', price: 20 });
    const response = await create({
      url: 'premium-subscription',
      description: 'Get access to all premium features with our monthly subscription plan',
      coverImage: 'https://example.com/images/premium-subscription.jpg',
      linkType: 'PRODUCT',
      amount: 29.99,
      paymentForId: 'sub_123456789',
      customerId: await post('customers', { first_name: 'Ada', last_name: 'Lovelace', phone_number: '+14155550100' }),
      paymentLinkProducts: [{ productId, quantity: 2 }],
      isForAllProduct: false,
      collectTax: true,
      taxId: await post('taxes', { name: 'VAT', percentage: 19 }),
      collectAddress: true,
      limitPayments: true,
      maxPayments: 100,
      customFields: { customField1: 'value1', customField2: 'value2' },
      expirationDate: new Date(Date.now() + 30 * 86_400_000),
    });
    expect([response.status, await response.json()]).toEqual([201, expect.objectContaining({ status: 'ACTIVE' })]);
  });

  it('paymentLinksControllerFindAll asks for all, or for a part', async () => {
    const all = await send({ path: LINKS, method: 'GET' });
    const part = await send({ path: LINKS, method: 'GET', query: { skip: '1', take: '2' } });
    const links = (await all.json()) as unknown[];
    expect([all.status, part.status, await part.json()]).toEqual([200, 200, links.slice(1, 3)]);
  });

  it('paymentLinksControllerFindOne and paymentLinksControllerUpdate read and change a part', async () => {
    const { id } = (await (await create({ url: 'one', linkType: 'DONATION' })).json()) as { id: string };
    const path = `${LINKS}/${encodeURIComponent(id)}`;
    expect((await send({ path, method: 'PUT', body: { title: 'Renamed' } })).status).toBe(200);
    const read = await send({ path, method: 'GET' });
    expect([read.status, await read.json()]).toEqual([
      200,
      expect.objectContaining({ id, title: 'Renamed', currency: 'usdc' }),
    ]);
  });

  it('learns of a link that is not there by the status', async () => {
    expect((await send({ path: `${LINKS}/nothing`, method: 'GET' })).status).toBe(404);
    expect((await create({ url: 'a b', linkType: 'DONATION' })).status).toBe(400);
  });
});
