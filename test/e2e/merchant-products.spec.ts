import { type Answer, ApiClient } from '../support/api-client';
import { TestApp } from '../support/app';
import { PartnerCaller } from '../support/partner-caller';
import { rawRequest } from '../contract/raw-request';

/** The catalog of a shop over the merchant API: forms of both kinds and JSON. */

const PRODUCTS = '/api/v0/products';
const TEE = { name: 'Premium Widget', description: 'High-quality widget for all your needs', price: '99.99' };
const IMAGES = ['https://storage.example.com/images/file1.jpg', 'https://storage.example.com/images/w_2,h_2/file2.jpg'];
const NOBODYS = '01890000-0000-7000-8000-000000000000';

let app: TestApp;
let merchantId: string;
let token: string;
let pair: Record<string, string>;
let shop: ApiClient;
let other: ApiClient;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { LIMIT_MERCHANT_PER_MINUTE: '10000' } });
  const [ours, theirs] = await Promise.all([app.merchant(), app.merchant()]);
  ({ merchantId, token } = ours);
  pair = await app.clientPair(merchantId);
  shop = new ApiClient(app.url, pair);
  other = await app.shopClient(theirs.merchantId);
});
afterAll(() => app.stop());

interface Sent {
  readonly status: number;
  readonly body: Answer['body'];
}

/** The body as fetch sends it: the type of a form is its own. */
async function send(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Sent> {
  const isForm = body instanceof URLSearchParams || body instanceof FormData;
  const response = await fetch(`${app.url}${path}`, {
    method,
    headers: { ...pair, ...(isForm ? {} : { 'content-type': 'application/json' }), ...headers },
    body: isForm ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const form = (members: Record<string, string>): URLSearchParams => new URLSearchParams(members);
const parts = (members: Record<string, string | readonly string[]>): FormData => {
  const data = new FormData();
  for (const [name, values] of Object.entries(members))
    for (const value of [values].flat()) data.append(name, value as string);
  return data;
};
const made = async (more: Record<string, unknown> = {}): Promise<Answer['body']> => {
  const { status, body } = await send('POST', PRODUCTS, { ...TEE, ...more });
  expect([status, body]).toEqual([201, body]);
  return body;
};
const refused = (message: readonly string[]) => ({ statusCode: 400, message, error: 'Bad Request' });

describe('a new product', () => {
  const full = {
    ...TEE,
    currency: 'EUR',
    type: 'physical',
    weight: '8.14',
    unit: 'kg',
    quantity: '10',
    stockCount: '25',
    status: 'ACTIVE',
    productType: 'good',
  };

  it.each([
    ['application/x-www-form-urlencoded', () => form({ ...full, images: IMAGES.join(',') })],
    ['multipart/form-data', () => parts({ ...full, images: IMAGES.join(',') })],
    ['multipart/form-data with a part for each image', () => parts({ ...full, images: IMAGES })],
    ['application/x-www-form-urlencoded with a field for each image', () => imagesApart()],
    ['application/json of texts', () => ({ ...full, images: IMAGES })],
    [
      'application/json of numbers',
      () => ({ ...full, price: 99.99, weight: 8.14, quantity: 10, stockCount: 25, images: IMAGES }),
    ],
  ])('is the same from %s', async (_type, body) => {
    const answer = await send('POST', PRODUCTS, body());
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...TEE,
      currency: 'EUR',
      type: 'physical',
      productType: 'good',
      weight: 8.14,
      unit: 'kg',
      quantity: 10,
      stockCount: 25,
      status: 'ACTIVE',
      images: IMAGES,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: answer.body.createdAt,
    });
    expect((await shop.get(`${PRODUCTS}/${answer.body.id}`)).body).toEqual(answer.body);
  });

  function imagesApart(): URLSearchParams {
    const fields = form(full);
    for (const image of IMAGES) fields.append('images', image);
    return fields;
  }

  it('costs USD and has nothing else where nothing else is said', async () => {
    for (const body of [TEE, form(TEE), parts(TEE)])
      expect((await send('POST', PRODUCTS, body)).body).toMatchObject({
        price: '99.99',
        currency: 'USD',
        type: null,
        productType: null,
        weight: null,
        unit: null,
        quantity: null,
        stockCount: null,
        status: 'ACTIVE',
        images: [],
      });
  });

  it('of empty fields has nothing there', async () => {
    const nothing = { currency: '', type: '', productType: '', weight: '', unit: '', quantity: '', stockCount: '' };
    const { status, body } = await send('POST', PRODUCTS, form({ ...TEE, ...nothing, status: '', images: '' }));
    expect([status, body.currency, body.type, body.weight, body.status, body.images]).toEqual([
      201,
      'USD',
      null,
      null,
      'ACTIVE',
      [],
    ]);
  });

  it('needs name, description and price, and all faults are told at once, whatever it is sent as', async () => {
    const bad = { currency: 'XLM', weight: '-1', status: 'SOLD', images: 'http://a.example/1.jpg' };
    const message = [
      'type must be shorter than or equal to 100 characters',
      'weight must be a decimal number from 0 to 999999999 with at most 7 decimals, without exponent',
      'images must be https:// URLs of at most 2048 characters',
      'name is required',
      'description is required',
      'price is required',
      'currency must be one of the following values: USD, EUR, GBP, CAD, AUD, JPY',
      'status must be one of the following values: ACTIVE, INACTIVE, ARCHIVED',
    ];
    const type = 't'.repeat(101);
    for (const body of [form({ ...bad, type }), parts({ ...bad, type }), { ...bad, type }]) {
      const answer = await send('POST', PRODUCTS, body);
      expect([answer.status, answer.body.message.toSorted()]).toEqual([400, message.toSorted()]);
    }
  });

  it.each(['0', '0.001', '-1', '1e3', 'NaN', '1,50', ' 1', '', '922337203685.4775808', '0.30000000000000004'])(
    'is refused with the price %j',
    async (price) => {
      const { status, body } = await send('POST', PRODUCTS, form({ ...TEE, price }));
      expect([status, body.message.length, body.message[0]]).toEqual([400, 1, expect.stringMatching(/^price /)]);
    },
  );

  it.each([
    ['USD', '0.01', '0.01'],
    ['EUR', '5', '5.00'],
    ['GBP', '1.5', '1.50'],
    ['CAD', '922337203685.47', '922337203685.47'],
    ['AUD', '10.10', '10.10'],
    ['JPY', '1500', '1500'],
  ])('in %s costs %s, told as the text %s', async (currency, price, told) => {
    expect((await made({ currency, price })).price).toBe(told);
  });

  it.each([
    ['JPY', '1500.5', 'price has more decimals than JPY, which has 0'],
    ['USD', '1.005', 'price has more decimals than USD, which has 2'],
  ])('in %s cannot cost %s', async (currency, price, message) => {
    expect((await send('POST', PRODUCTS, form({ ...TEE, currency, price }))).body).toEqual(refused([message]));
  });

  it('has at most ten images', async () => {
    const images = Array.from({ length: 11 }, (_, at) => `https://a.example/${at}.jpg`);
    expect((await made({ images: images.slice(1) })).images).toHaveLength(10);
    expect((await send('POST', PRODUCTS, form({ ...TEE, images: images.join(',') }))).body).toEqual(
      refused(['images must have at most 10 URLs']),
    );
  });

  it('of a field sent twice is refused, not guessed', async () => {
    const twice = form(TEE);
    for (const [name, value] of [
      ['name', 'Other'],
      ['price', '1'],
      ['status', 'ACTIVE'],
      ['status', 'ACTIVE'],
    ] as const)
      twice.append(name, value);
    expect((await send('POST', PRODUCTS, twice)).body).toEqual(
      refused([
        'name must be a text, sent once',
        'price must be a decimal number from 0.01 to 922337203685.4775807, without exponent',
        'status must be one of the following values: ACTIVE, INACTIVE, ARCHIVED',
      ]),
    );
  });

  it('keeps a text of a form a text, and reads no kind into it', async () => {
    const { body } = await send('POST', PRODUCTS, form({ ...TEE, name: '29.99', type: 'true', unit: 'null' }));
    expect([body.name, body.type, body.unit]).toEqual(['29.99', 'true', 'null']);
  });

  it('cannot be given what the service decides', async () => {
    expect((await send('POST', PRODUCTS, form({ ...TEE, id: NOBODYS, createdAt: 'x' }))).body.message).toEqual([
      'id is decided by the server and must not be sent',
      'createdAt is decided by the server and must not be sent',
    ]);
  });

  it('is made once for an idempotency key, as a form of either kind too', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    const first = await send('POST', PRODUCTS, form(TEE), key);
    expect((await send('POST', PRODUCTS, parts(TEE), key)).body).toEqual(first.body);
    expect((await send('POST', PRODUCTS, form({ ...TEE, price: '1' }), key)).status).toBe(409);
  });
});

describe('images', () => {
  it('are URLs and no files, and every fault of files is told in words', async () => {
    const files = parts(TEE);
    files.append('images', new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0x00])], { type: 'image/jpeg' }), 'file1.jpg');
    files.append('images', new Blob(['x'], { type: 'image/jpeg' }), 'file2.jpg');
    expect((await send('POST', PRODUCTS, files)).body).toEqual(
      refused(['images must be text, not a file: files are not stored']),
    );
  });

  it('replace the ones before, and an empty list takes them away', async () => {
    const { id } = await made({ images: IMAGES });
    const put = (body: unknown): Promise<Sent> => send('PUT', `${PRODUCTS}/${id}`, body);
    expect((await put(form({ name: 'Other' }))).body.images).toEqual(IMAGES);
    expect((await put(form({ images: 'https://a.example/new.jpg' }))).body.images).toEqual([
      'https://a.example/new.jpg',
    ]);
    expect((await put(form({ images: '' }))).body.images).toEqual([]);
    expect((await put({ images: IMAGES })).body.images).toEqual(IMAGES);
    expect((await put({ images: null })).body.images).toEqual([]);
  });
});

describe('C24: a multipart body', () => {
  const raw = (body: Buffer | string, type = 'multipart/form-data; boundary=X', path = PRODUCTS, method = 'POST') =>
    rawRequest(app.url, method, path, { headers: { ...pair, 'content-type': type }, body });
  const part = (name: string, value = 'v'): string =>
    `--X\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  it.each([
    ['cut off', part('name') + part('price').slice(0, -3), undefined, 400],
    ['without a boundary', `${part('name')}--X--\r\n`, 'multipart/form-data', 400],
    ['of ten thousand parts', `${part('a').repeat(10_000).slice(0, 250_000)}--X--\r\n`, undefined, 400],
    ['of more than 256 KiB', part('name', 'n'.repeat(256 * 1024)), undefined, 413],
    ['of bytes that are no text', Buffer.from(`${part('name', '\u00ff')}--X--\r\n`, 'latin1'), undefined, 400],
  ])('%s is refused at once and in words', async (_how, body, type, status) => {
    const answer = await raw(body, type);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      status,
      { statusCode: status, message: expect.stringMatching(/\w{3,} \w/), error: expect.any(String) },
    ]);
  });

  it('is taken for products alone', async () => {
    const body = `${part('name')}--X--\r\n`;
    for (const [method, path] of [
      ['POST', '/api/v0/customers'],
      ['PATCH', `/api/v0/customers/${NOBODYS}`],
      ['POST', '/api/links'],
      ['POST', '/api/public/v1/products'],
    ] as const)
      expect([path, (await raw(body, undefined, path, method)).status]).toEqual([path, 415]);
    expect((await raw(body, undefined, `${PRODUCTS}/${NOBODYS}`, 'PUT')).status).toBe(404);
  });

  it('of nothing is as good as none', async () => {
    const answer = await raw('');
    expect([answer.status, JSON.parse(answer.text).message]).toEqual([400, expect.stringContaining('no body')]);
  });
});

describe('a change (PUT)', () => {
  it('changes the members that were sent and keeps all others', async () => {
    const before = await made({ weight: '1.50', unit: 'kg', images: IMAGES, type: 'physical' });
    const { body } = await send('PUT', `${PRODUCTS}/${before.id}`, form({ price: '129.99', unit: '' }));
    expect(body).toEqual({ ...before, price: '129.99', unit: null, updatedAt: body.updatedAt });
  });

  it('of what it is already changes nothing, whatever it is sent as', async () => {
    const before = await made({ weight: 1.5, quantity: 3, images: IMAGES });
    const same = { price: '99.990', weight: '1.50', quantity: '3.0', images: IMAGES.join(',') };
    for (const body of [before, form(same), parts(same)])
      expect((await send('PUT', `${PRODUCTS}/${before.id}`, body)).body).toEqual(before);
    expect(await app.sql('select version from products where id = $1', [before.id])).toEqual([{ version: 1n }]);
  });

  it('of the currency is refused where the price cannot be said in it', async () => {
    const { id } = await made({ price: '1.50' });
    expect((await send('PUT', `${PRODUCTS}/${id}`, form({ currency: 'JPY' }))).body).toEqual(
      refused(['price has more decimals than JPY, which has 0']),
    );
    expect((await send('PUT', `${PRODUCTS}/${id}`, form({ currency: 'JPY', price: '150' }))).body).toMatchObject({
      currency: 'JPY',
      price: '150',
    });
  });

  it('cannot empty what a product must have, nor what the service decides', async () => {
    const { id } = await made();
    const { status, body } = await send('PUT', `${PRODUCTS}/${id}`, {
      name: '',
      description: null,
      price: null,
      id: NOBODYS,
    });
    expect([status, body.message.map((each: string) => each.split(' ')[0]).toSorted()]).toEqual([
      400,
      ['description', 'id', 'name', 'price'],
    ]);
  });

  it.each(['ARCHIVED', 'INACTIVE', 'archived'])('to %s archives it, and it stays readable', async (status) => {
    const { id } = await made();
    expect((await send('PUT', `${PRODUCTS}/${id}`, form({ status }))).body.status).toBe('ARCHIVED');
    expect((await shop.get(`${PRODUCTS}/${id}`)).body.status).toBe('ARCHIVED');
    expect((await send('PUT', `${PRODUCTS}/${id}`, form({ status: 'ACTIVE' }))).body.status).toBe('ACTIVE');
  });
});

describe('the list', () => {
  it('has {data, total, skip, take}, the newest first, archived ones too', async () => {
    const { merchantId: mine } = await app.merchant();
    const client = await app.shopClient(mine);
    const ids: string[] = [];
    for (let at = 0; at < 12; at += 1)
      ids.unshift(
        (await client.post(PRODUCTS, { ...TEE, name: `P${at}`, status: at === 11 ? 'ARCHIVED' : 'ACTIVE' })).body.id,
      );
    const page = async (query: string): Promise<unknown> => {
      const { status, body } = await client.get(`${PRODUCTS}${query}`);
      return { status, ...body, data: body.data.map(({ id }: { id: string }) => id) };
    };
    expect(await page('')).toEqual({ status: 200, data: ids.slice(0, 10), total: 12, skip: 0, take: 10 });
    expect(await page('?skip=10&take=5')).toEqual({ status: 200, data: ids.slice(10), total: 12, skip: 10, take: 5 });
    expect(await page('?skip=12')).toEqual({ status: 200, data: [], total: 12, skip: 12, take: 10 });
  });

  it.each(['take=101', 'take=0', 'take=x', 'skip=-1'])('refuses %s', async (query) => {
    const { status, body } = await shop.get(`${PRODUCTS}?${query}`);
    expect([status, body.message]).toEqual([400, [expect.stringMatching(/must be a whole number/)]]);
  });
});

describe('deleting', () => {
  it('answers 200 with what it was', async () => {
    const before = await made();
    const answer = await shop.delete(`${PRODUCTS}/${before.id}`);
    expect([answer.status, answer.body]).toEqual([200, before]);
    expect((await shop.delete(`${PRODUCTS}/${before.id}`)).status).toBe(404);
  });

  it('of one that a link sells is 409, and it can be archived instead', async () => {
    const { id } = await made();
    const partner = PartnerCaller.bearer(app.url, token);
    const link = await partner.create('paymentLinks', '/payment_links', {
      attributes: {
        kind: 'product',
        currency: 'USD',
        paymentType: 'Invoice',
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      },
      relationships: { products: { data: [{ type: 'products', id }] } },
    });
    expect([link.status, link.text]).toEqual([201, link.text]);
    expect((await shop.delete(`${PRODUCTS}/${id}`)).body).toEqual({
      statusCode: 409,
      message: 'The product is used; archive it instead',
      error: 'Conflict',
    });
    expect((await send('PUT', `${PRODUCTS}/${id}`, form({ status: 'ARCHIVED' }))).body.status).toBe('ARCHIVED');
  });
});

describe('a product that is not there', () => {
  it.each(['unknown', 'malformed', 'of another merchant'])('%s is 404, read, changed or deleted', async (which) => {
    const theirs = which === 'of another merchant' ? (await other.post(PRODUCTS, TEE)).body.id : undefined;
    const path = `${PRODUCTS}/${theirs ?? (which === 'unknown' ? NOBODYS : 'prod_123456')}`;
    const missing = { statusCode: 404, message: 'Product not found', error: 'Not Found' };
    expect((await shop.get(path)).body).toEqual(missing);
    expect((await send('PUT', path, form({ price: 'x' }))).body).toEqual(missing);
    expect((await shop.delete(path)).body).toEqual(missing);
  });
});

describe('one catalog', () => {
  it('has the same products, ids and prices in the partner API, which leaves alone what it does not know', async () => {
    const before = await made({ images: IMAGES, weight: '1.5', type: 'physical' });
    const partner = PartnerCaller.bearer(app.url, token);
    const read = await partner.get(`/products/${before.id}`);
    expect(read.body.data.attributes).toMatchObject({ ...TEE, currency: 'USD', status: 'active' });
    await partner.update('products', `/products/${before.id}`, { attributes: { name: 'Renamed', description: null } });
    const { body } = await shop.get(`${PRODUCTS}/${before.id}`);
    expect(body).toEqual({ ...before, name: 'Renamed', description: null, updatedAt: body.updatedAt });
  });

  it('tells a product that is priced in an asset, and takes back what it told', async () => {
    const partner = PartnerCaller.bearer(app.url, token);
    const { id } = (
      await partner.create('products', '/products', { attributes: { name: 'X', price: '1.5', currency: 'XLM' } })
    ).body.data;
    const { body } = await shop.get(`${PRODUCTS}/${id}`);
    expect(body).toMatchObject({ price: '1.5', currency: 'XLM', description: null });
    expect((await send('PUT', `${PRODUCTS}/${id}`, body)).body).toEqual(body);
  });

  it('is recorded by the audit log, member by member', async () => {
    const { id } = await made({ images: IMAGES });
    await send('PUT', `${PRODUCTS}/${id}`, form({ weight: '2', images: '' }));
    const entries = await app.sql(
      'select action, before, after from audit_entries where merchant_id = $1 and subject_id = $2 order by sequence',
      [merchantId, id],
    );
    expect(entries).toEqual([
      { action: 'product.created', before: null, after: expect.objectContaining({ price: '99.99', images: IMAGES }) },
      {
        action: 'product.updated',
        before: { weight: null, images: IMAGES },
        after: { weight: '2', images: [] },
      },
    ]);
  });
});

describe('scopes', () => {
  it('reading and writing are two', async () => {
    const reader = await app.shopClient(merchantId, { scopes: ['products:read'] });
    const writer = await app.shopClient(merchantId, { scopes: ['products:write'] });
    expect([(await reader.get(PRODUCTS)).status, (await reader.post(PRODUCTS, TEE)).status]).toEqual([200, 403]);
    expect([(await writer.get(PRODUCTS)).status, (await writer.post(PRODUCTS, TEE)).status]).toEqual([403, 201]);
  });
});
