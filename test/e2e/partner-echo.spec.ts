import { randomUUID } from 'node:crypto';
import JsonApi from 'devour-client';
import { SCOPES } from '../../src/common/principal';
import { openApiDocument } from '../../src/dialects/partner/openapi/document';
import type { Answer, Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { complaints, PartnerCaller } from '../support/partner-caller';
import { PARTNER } from '../support/partner-program';
import Kitsu from './clients/kitsu.mjs';
import { REMIND } from '../support/deadlines';

/** Find, change, save: a client sends back the whole of what it read, with the one member that it changed. */

let app: TestApp;
let key: string;
let partner: PartnerCaller;
let kitsu: Kitsu;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { FIATS: 'EUR', RATES_MIN_SOURCES: '1' } });
  const shop = await app.shop({ scopes: SCOPES });
  ({ key } = shop);
  partner = PartnerCaller.bearer(app.url, key);
  kitsu = new Kitsu({
    pluralize: false,
    resourceCase: 'none',
    camelCaseTypes: false,
    baseURL: app.url + PARTNER,
    headers: { Authorization: `Bearer ${key}` },
  });
  await PartnerCaller.bearer(app.url, shop.token).create('webhookEndpoints', '/webhook_endpoints', {
    attributes: { url: 'https://shop.example/hooks', eventTypes: ['payment.refunded'] },
  });
});
afterAll(() => app.stop());

const inADay = (): string => new Date(Date.now() + 86_400_000).toISOString();
const made = async (
  type: string,
  path: string,
  attributes: Record<string, unknown>,
  relationships = {},
): Promise<string> => {
  const { status, text, body } = await partner.create(type, path, { attributes, relationships });
  expect([status, text]).toEqual([201, text]);
  return body.data.id as string;
};
const link = (more: object = {}): Promise<string> =>
  made('paymentLinks', '/payment_links', {
    amount: '50',
    currency: 'XLM',
    paymentType: 'Invoice',
    expiresAt: inADay(),
    metadata: { order: '7' },
    ...more,
  });
const rate = (): Promise<string> => made('taxRates', '/tax_rates', { name: 'VAT', percentage: '19' });
const first = async (path: string): Promise<string> => (await partner.get(path)).body.data.at(-1).id as string;

/** Path, the attribute to change, its new value, and how to come by one. */
const RESOURCES: readonly (readonly [string, string, string, Json, () => Promise<string>])[] = [
  [
    'a product without a tax rate',
    'products',
    'name',
    'New',
    () => made('products', '/products', { name: 'Tee', price: '1', currency: 'EUR', sku: randomUUID() }),
  ],
  [
    'a product with a tax rate',
    'products',
    'price',
    '2.00',
    async () =>
      made(
        'products',
        '/products',
        { name: 'Tee', price: '1', currency: 'EUR', metadata: { a: 'b' } },
        { taxRate: { data: { type: 'taxRates', id: await rate() } } },
      ),
  ],
  ['a tax rate', 'tax_rates', 'percentage', '20', rate],
  [
    'a customer',
    'customers',
    'company',
    'Beans',
    () => made('customers', '/customers', { name: 'Ada', email: `${randomUUID()}@example.com` }),
  ],
  [
    'the merchant',
    'merchants',
    'toleranceBp',
    25,
    async () => (await partner.get('/merchants/me')).body.data.id as string,
  ],
  [
    'a member',
    'members',
    'role',
    'approver',
    async () => made('members', '/members', { wallet: (await app.wallet()).address, role: 'viewer' }),
  ],
  ['a webhook endpoint', 'webhook_endpoints', 'description', 'New', () => first('/webhook_endpoints')],
  ['a link with its invoice', 'payment_links', 'metadata', { order: '8' }, () => link()],
  ['a link that nobody has chosen for', 'payment_links', 'title', 'New', () => link({ currency: 'EUR' })],
  [
    'a link that has ended',
    'payment_links',
    'metadata',
    { order: '9' },
    async () => {
      const id = await link();
      await partner.command(`/payment_links/${id}/expiration`);
      return id;
    },
  ],
  [
    'a link whose time is over',
    'payment_links',
    'metadata',
    { order: '9' },
    async () => {
      const id = await link({ currency: 'EUR' });
      await app.sql("update payment_links set expires_at = now() - interval '1 hour' where id = $1", [id]);
      await app.sql(REMIND);
      // The clock ends it at the next tick; a client that reads it after that finds it ended.
      await eventually(
        () => partner.get(`/payment_links/${id}`),
        ({ body }) => body.data.attributes.status === 'expired',
        60_000,
      );
      return id;
    },
  ],
  [
    'a donation',
    'payment_links',
    'maxPayments',
    9,
    async () =>
      made(
        'paymentLinks',
        '/payment_links',
        {
          kind: 'donation',
          openAmount: { presets: ['50'] },
          currency: 'EUR',
          paymentType: 'Invoice',
          expiresAt: inADay(),
          maxPayments: 5,
        },
        { taxRate: { data: { type: 'taxRates', id: await rate() } } },
      ),
  ],
  [
    'a link to products',
    'payment_links',
    'title',
    'Shop',
    async () =>
      made(
        'paymentLinks',
        '/payment_links',
        { kind: 'product', currency: 'EUR', paymentType: 'Invoice', expiresAt: inADay() },
        {
          products: {
            data: [
              {
                type: 'products',
                id: await made('products', '/products', { name: 'Tee', price: '50', currency: 'EUR' }),
              },
            ],
          },
        },
      ),
  ],
];
const typeOf = (path: string): string => path.replaceAll(/_(.)/g, (_all, letter: string) => letter.toUpperCase());
/** Attributes that a PATCH may name, as the document says. */
const changeable = (path: string): string[] =>
  Object.keys(
    document.paths[`/${path}/{id}`]?.['patch']?.requestBody?.content['application/vnd.api+json']?.schema?.properties?.[
      'data'
    ]?.properties?.['attributes']?.properties ?? {},
  );
const document = openApiDocument();
const rest = ({ body }: Answer, attribute: string): Json => {
  const { [attribute]: _changed, updatedAt: _at, ...attributes } = body.data.attributes;
  return { attributes, relationships: body.data.relationships };
};

describe('a resource that is sent back whole', () => {
  it.each(RESOURCES)('%s is changed where it was changed, by kitsu', async (_what, path, attribute, value, make) => {
    const id = await make();
    const before = await partner.get(`/${path}/${id}`);
    const { data } = await kitsu.get(`${path}/${id}`);
    const { data: saved } = await kitsu.update(path, { ...data, [attribute]: value });
    expect(saved[attribute]).toEqual(value);
    const after = await partner.get(`/${path}/${id}`);
    expect([after.body.data.attributes[attribute], rest(after, attribute)]).toEqual([value, rest(before, attribute)]);
  });

  it.each(RESOURCES)('%s is changed where it was changed, by devour', async (_what, path, attribute, value, make) => {
    const id = await make();
    const before = await partner.get(`/${path}/${id}`);
    const { attributes, relationships = {} } = before.body.data as {
      attributes: object;
      relationships?: Record<string, { data?: unknown }>;
    };
    const devour = new JsonApi({ apiUrl: app.url + PARTNER, bearer: key, logger: false });
    const type = typeOf(path);
    const kinds = Object.entries(relationships).map(
      ([name, { data }]) =>
        [
          name,
          {
            jsonApi: Array.isArray(data) || name === 'invoices' ? 'hasMany' : 'hasOne',
            type: ({ target: 'invoices', taxRate: 'taxRates' } as Record<string, string>)[name] ?? name,
          } as const,
        ] as const,
    );
    devour.define(
      type.replace(/s$/, ''),
      {
        ...Object.fromEntries(Object.keys(attributes).map((name) => [name, ''] as const)),
        ...Object.fromEntries(kinds),
      },
      { collectionPath: path },
    );
    for (const other of ['invoices', 'taxRates', 'products'])
      if (other !== type) devour.define(other.replace(/s$/, ''), {});
    const { data } = await devour.find(type.replace(/s$/, ''), id);
    await devour.update(type.replace(/s$/, ''), { ...data, [attribute]: value });
    const after = await partner.get(`/${path}/${id}`);
    expect([after.body.data.attributes[attribute], rest(after, attribute)]).toEqual([value, rest(before, attribute)]);
  });

  it.each(RESOURCES)(
    '%s is not changed by being sent back as it is, with or without its version',
    async (_what, path, _attribute, _value, make) => {
      const id = await make();
      const before = await partner.get(`/${path}/${id}`);
      const etag = before.headers.get('etag') as string;
      const whole = { data: before.body.data };
      for (const headers of [{}, { 'if-match': etag }] as Record<string, string>[]) {
        const answer = await partner.send('PATCH', `/${path}/${id}`, whole, headers);
        // A compressed answer weakens it.
        expect([answer.status, answer.headers.get('etag')?.replace('W/', ''), answer.body.data]).toEqual([
          200,
          etag.replace('W/', ''),
          before.body.data,
        ]);
      }
      expect((await partner.send('PATCH', `/${path}/${id}`, whole, { 'if-match': '"0"' })).status).toBe(412);
      expect((await partner.get(`/${path}/${id}`)).body.data).toEqual(before.body.data);
    },
  );

  it.each(RESOURCES)(
    '%s keeps what only the service decides: another value is refused, and in a new resource any',
    async (_what, path, _attribute, _value, make) => {
      const id = await make();
      const {
        data: { type, attributes },
      } = (await partner.get(`/${path}/${id}`)).body;
      const decided = Object.keys(attributes).filter((name) => !changeable(path).includes(name));
      expect(decided).toContain('createdAt');
      for (const name of decided) {
        const { data } = (await partner.get(`/${path}/${id}`)).body;
        const refused = await partner.send('PATCH', `/${path}/${id}`, {
          data: { ...data, attributes: { ...data.attributes, [name]: 'other' } },
        });
        expect([name, refused.status, complaints(refused)]).toEqual([
          name,
          422,
          [`attributes_invalid /data/attributes/${name}`],
        ]);
      }
      const created = await partner.send('POST', `/${path}`, { data: { type, attributes } });
      if (path !== 'merchants')
        expect([
          created.status,
          complaints(created).some((each) => each.endsWith('/data/attributes/createdAt')),
        ]).toEqual([422, true]);
    },
  );

  it('keeps its relationships: other linkage is refused where it is fixed, and changes where it is not', async () => {
    const id = await link();
    const { data } = (await partner.get(`/payment_links/${id}`)).body;
    const other = { ...data, relationships: { target: { data: { type: 'invoices', id } } } };
    expect(complaints(await partner.send('PATCH', `/payment_links/${id}`, { data: other }))).toEqual([
      'relationship_read_only /data/relationships/target',
    ]);
    const linksOf = (self: string): Json => ({ ...data, relationships: { target: { links: { self } } } });
    expect(
      (await partner.send('PATCH', `/payment_links/${id}`, { data: linksOf(data.relationships.target.links.self) }))
        .status,
    ).toBe(200);
    expect(
      (await partner.send('PATCH', `/payment_links/${id}`, { data: linksOf('https://evil.example') })).status,
    ).toBe(403);
    const product = await made('products', '/products', { name: 'Tee', price: '1', currency: 'EUR' });
    const tax = await rate();
    const whole = (await partner.get(`/products/${product}`)).body.data;
    const changed = await partner.send('PATCH', `/products/${product}`, {
      data: {
        ...whole,
        relationships: { taxRate: { ...whole.relationships.taxRate, data: { type: 'taxRates', id: tax } } },
      },
    });
    expect([changed.status, changed.body.data.relationships.taxRate.data]).toEqual([
      200,
      { type: 'taxRates', id: tax },
    ]);
  });

  it('a receiving account that is not the default does not become it', async () => {
    const wallet = await app.wallet();
    const text = [
      `${new URL(app.url).host} receives payments at this account.`,
      '',
      `Merchant: ${(await partner.get('/merchants/me')).body.data.id as string}`,
      'Network: sandbox',
      `Account: ${wallet.address}`,
    ].join('\n');
    const id = await made('receivingAccounts', '/receiving_accounts', {
      network: 'sandbox',
      address: wallet.address,
      signature: wallet.signMessage(text),
    });
    const { data } = (await partner.get(`/receiving_accounts/${id}`)).body;
    const again = await partner.send('PATCH', `/receiving_accounts/${id}`, { data });
    expect([again.status, again.body.data.attributes.isDefault]).toEqual([200, false]);
    expect(
      (
        await kitsu.update('receiving_accounts', {
          ...(await kitsu.get(`receiving_accounts/${id}`)).data,
          isDefault: true,
        })
      ).data,
    ).toMatchObject({ isDefault: true });
    expect(
      (
        await partner.send('PATCH', `/receiving_accounts/${id}`, {
          data: { ...data, attributes: { isDefault: false } },
        })
      ).status,
    ).toBe(422);
  });

  it('an erased customer', async () => {
    const id = await made('customers', '/customers', { name: 'Ada', email: `${randomUUID()}@example.com` });
    await partner.command(`/customers/${id}/erasure`);
    const { data } = (await partner.get(`/customers/${id}`)).body;
    expect((await partner.send('PATCH', `/customers/${id}`, { data })).status).toBe(200);
    expect(
      (
        await partner.send('PATCH', `/customers/${id}`, {
          data: { ...data, attributes: { ...data.attributes, name: 'Back' } },
        })
      ).status,
    ).toBe(409);
  });
});

describe('in the wallet API', () => {
  it('a draft and a client that are sent back whole change where they were changed', async () => {
    const { client } = await app.merchant();
    const draft = (
      await client.post('/api/invoices', {
        currency: 'XLM',
        lineItems: [{ description: 'x', quantity: 2, rate: '5' }],
        taxRate: '19',
        discount: '1',
        notes: 'n',
        dueDate: '2099-01-01',
      })
    ).body;
    const owner = (await client.get(`/api/invoices/${draft.id}/owner`)).body;
    for (const whole of [draft, owner])
      expect((await client.patch(`/api/invoices/${draft.id}`, whole)).body).toEqual(draft);
    const titled = await client.patch(`/api/invoices/${draft.id}`, { ...owner, title: 'New' });
    expect([titled.status, titled.body]).toEqual([200, { ...draft, title: 'New', updatedAt: expect.any(String) }]);
    const lines = await client.patch(`/api/invoices/${draft.id}`, {
      ...titled.body,
      lineItems: [{ ...owner.lineItems[0], rate: '6.00' }],
    });
    expect([lines.status, lines.body.subtotal, lines.body.total, lines.body.title]).toEqual([
      200,
      '12.00',
      '13.28',
      'New',
    ]);
    for (const [name, value] of [
      ['total', '1.00'],
      ['status', 'PAID'],
      ['network', 'public'],
      ['memo', 'x'],
      ['id', 'x'],
      ['checkoutUrl', 'x'],
    ]) {
      const { status, body } = await client.patch(`/api/invoices/${draft.id}`, { [name as string]: value });
      expect([name, status, body.details]).toEqual([name, 400, [{ path: name, message: expect.any(String) }]]);
    }
    const saved = (await client.post('/api/clients', { name: 'Ada', email: 'ada@example.com' })).body;
    const favourite = await client.patch(`/api/clients/${saved.id}/favorite`, { ...saved, isFavorite: true });
    expect([favourite.status, favourite.body.isFavorite]).toEqual([200, true]);
    expect((await client.patch(`/api/clients/${saved.id}/favorite`, favourite.body)).body.isFavorite).toBe(true);
    expect((await client.patch(`/api/clients/${saved.id}/favorite`, { ...saved, email: 'x@example.com' })).status).toBe(
      400,
    );
    expect((await client.patch(`/api/clients/${saved.id}/favorite`, {})).status).toBe(400);
  });
});
