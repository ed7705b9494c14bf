import type { ApiClient, Json } from '../support/api-client';
import { TestApp } from '../support/app';
import type { TestShop } from '../support/shop';

/** Free-form objects keep every member, whatever it is called. */

const METHODS = ['toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf', 'propertyIsEnumerable', 'toLocaleString'];
const named = Object.fromEntries(['zebra', ...METHODS, 'ant'].map((name) => [name, `of ${name}`]));

let app: TestApp;
let shop: TestShop;
let merchant: ApiClient;
beforeAll(async () => {
  app = await TestApp.start({ reconcile: false });
  shop = await app.shop();
  merchant = await app.shopClient(shop.merchantId);
});
afterAll(() => app.stop());

const LINK = { title: 'Tip jar', linkType: 'DONATION', amount: 5 };
const link = (members: object): Promise<Json> => merchant.post('/api/v0/payment-links', { ...LINK, ...members });
const pageOf = async (id: string): Promise<string> =>
  (await app.sql<{ publicId: string }>('select public_id as "publicId" from payment_links where id = $1', [id]))[0]
    ?.publicId ?? '';

describe('a member that is called as a method of every object', () => {
  it('is a question of a payment link, in its order, when it is made and when it is changed', async () => {
    const { status, body } = await link({ url: 'questions', customFields: named });
    expect([status, Object.entries(body.customFields)]).toEqual([201, Object.entries(named)]);
    const changed = await merchant.send('PUT', `/api/v0/payment-links/${body.id}`, { customFields: { valueOf: 'x' } });
    expect([changed.status, changed.body.customFields]).toEqual([200, { valueOf: 'x' }]);
  });

  it.each(METHODS)('is an answer where %s is asked, and refused where it is not', async (name) => {
    const [asking, silent] = [
      await link({ url: `asks-${name}`, customFields: { [name]: 'A question' } }),
      await link({ url: `silent-${name}` }),
    ];
    const choose = async (made: Json): Promise<Json> =>
      app.client.post(`/checkout/${await pageOf(made.body.id)}/choice`, {
        asset: 'USDC',
        name: 'Ada',
        email: 'ada@example.com',
        customFields: { [name]: 'An answer' },
      });
    const refused = await choose(silent);
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining(`customFields.${name}`)]);
    const chosen = await choose(asking);
    expect([chosen.status, chosen.text]).toEqual([200, chosen.text]);
    const [row] = await app.sql<{ answers: object }>(
      `select payer -> 'customFields' as answers from invoices where payer -> 'customFields' is not null order by created_at desc limit 1`,
    );
    expect(row?.answers).toEqual({ [name]: 'An answer' });
  });

  it('is a note of the partner API', async () => {
    const { status, body } = await shop.partner.create('products', {
      name: 'Tee',
      price: '5',
      currency: 'USD',
      metadata: named,
    });
    expect([status, body.data.attributes.metadata]).toEqual([201, named]);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('is refused by its name where it is %s', async (name) => {
    const answer = await merchant.send(
      'POST',
      '/api/v0/payment-links',
      `{"title":"Tip jar","url":"x","linkType":"DONATION","customFields":{"${name}":"x"}}`,
    );
    expect([answer.status, answer.body.message]).toEqual([400, `The member name ${name} is not allowed`]);
  });
});
