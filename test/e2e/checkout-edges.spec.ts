import type { Json } from '../support/api-client';
import { TestApp } from '../support/app';
import type { PartnerProgram } from '../support/partner-program';
import type { TestShop } from '../support/shop';

let app: TestApp;
let partner: PartnerProgram;
let merchant: TestShop;

beforeAll(async () => {
  app = await TestApp.start();
  merchant = await app.shop();
  ({ partner } = merchant);
});
afterAll(() => app.stop());

const expiresAt = (): string => new Date(Date.now() + 3_600_000).toISOString();
const get = async (path: string): Promise<Response & { html: string }> => {
  const response = await fetch(app.url + path, { redirect: 'manual' });
  return Object.assign(response, { html: await response.text() });
};
const bill = async (amount: string): Promise<string> =>
  (await merchant.client.post('/api/links', { amount, asset: 'XLM' })).body.id as string;
const product = async (price: string): Promise<string> => {
  const { status, body } = await partner.create('products', { name: `Sticker ${price}`, price, currency: 'USDC' });
  expect(status).toBe(201);
  return body.data.id as string;
};
const sell = (id: string, attributes: object): ReturnType<PartnerProgram['create']> =>
  partner.create(
    'payment_links',
    { kind: 'product', amount: null, currency: 'USDC', paymentType: 'Invoice', expiresAt: expiresAt(), ...attributes },
    { products: { data: [{ type: 'products', id }] } },
  );

describe("the page's address", () => {
  it.each(['/', '.', '%20', '%20%20', ')', '%22', ',', '%0A'])('with %s behind it leads to the page', async (tail) => {
    const id = await bill('5');
    const answer = await get(`/pay/${id}${tail}?choose&amount=5`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/pay/${id}?choose&amount=5`]);
    expect((await get(answer.headers.get('location') ?? '')).html).toContain('Waiting for your payment');
  });

  it('in capitals leads to the page, and what is none is none', async () => {
    const id = await bill('5');
    expect((await get(`/pay/${id.toUpperCase()}`)).headers.get('location')).toBe(`/pay/${id}`);
    const nobodys = 'abcdefghijklmnopqrstuvwxyz234567';
    expect((await get(`/pay/${nobodys}/`)).headers.get('location')).toBe(`/pay/${nobodys}`);
    for (const path of [`/pay/${nobodys}`, '/pay/x/', `/pay/${id}x`]) expect((await get(path)).status).toBe(404);
  });
});

describe('a product that alone is less than may be paid', () => {
  it('is sold in as many as are enough, which the page asks for', async () => {
    const { status, body } = await sell(await product('0.30'), { quantity: { maximum: 20 } });
    expect([status, body.data?.attributes.status]).toEqual([201, 'active']);
    const id = body.data.attributes.publicId as string;
    const offer = (await app.client.get(`/checkout/${id}/offer`)).body as Json;
    expect([offer.state, offer.quantity]).toEqual(['open', { minimum: 4, maximum: 20 }]);
    const page = (await get(`/pay/${id}`)).html;
    for (const shown of ['min="4" max="20"', 'value="4"', 'At least 4, at most 20']) expect(page).toContain(shown);
    const short = await app.client.post(`/checkout/${id}/choice`, { asset: 'USDC', quantity: 3 });
    expect([short.status, short.body.error]).toEqual([422, expect.stringContaining('minimum: 1.00')]);
    const enough = await app.client.post(`/checkout/${id}/choice`, { asset: 'USDC', quantity: 4 });
    expect([enough.status, (await app.client.get(`/checkout/${enough.body.publicId}/status`)).body.amount]).toEqual([
      200,
      '1.20',
    ]);
  });

  it('is no link when no quantity is enough', async () => {
    const cheap = await product('0.30');
    for (const attributes of [{}, { quantity: { maximum: 3 } }]) {
      const { status, body } = await sell(cheap, attributes);
      expect([status, body.errors?.[0].code, body.errors?.[0].source.pointer]).toEqual([
        422,
        'amount_below_minimum',
        '/data/relationships/products',
      ]);
    }
  });
});

describe('long amounts', () => {
  it('are grouped for the eye where they are read, and whole where they are copied', async () => {
    const page = (await get(`/pay/${await bill('234567.5')}`)).html;
    expect(page).toContain('<span class="group">234</span><span class="group">567.50</span>');
    expect(page).toContain('<code id="pay-amount">234567.50</code>');
  });
});
