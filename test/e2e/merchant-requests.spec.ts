import type { Answer, ApiClient, Json } from '../support/api-client';
import { TestApp } from '../support/app';
import { expireDue } from '../support/expire-due';
import { ManualClock } from '../support/manual-clock';
import type { PartnerProgram } from '../support/partner-program';
import { rawRequest } from '../contract/raw-request';

/** What programs for shops send that is nearly right, and what they are told. */

const LINKS = '/api/v0/payment-links';
const clock = new ManualClock();
let app: TestApp;
let shop: ApiClient;
let partner: PartnerProgram;
let pair: Record<string, string>;
let merchantId: string;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, ports: { clock }, env: { LIMIT_MERCHANT_PER_MINUTE: '100000' } });
  ({ merchantId, partner } = await app.shop());
  pair = await app.clientPair(merchantId);
  shop = await app.shopClient(merchantId);
});
afterAll(() => app.stop());

let count = 0;
const slug = (): string => `link-${(count += 1)}`;
const made = async (path: string, body: object): Promise<Json> => {
  const answer = await shop.post(path, body);
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.body;
};
const link = (members: object = {}): Promise<Json> =>
  made(LINKS, { title: 'Tip jar', url: slug(), linkType: 'DONATION', amount: 5, ...members });
const product = (members: object = {}): Promise<Json> =>
  made('/api/v0/products', { name: 'Tee', description: 'Cotton', price: 20, ...members });
const put = (id: string, members: object): Promise<Answer> => shop.send('PUT', `${LINKS}/${id}`, members);
const faults = ({ status, body }: Answer, as = 400): string[] => {
  expect([status, body.statusCode]).toEqual([as, as]);
  return [body.message].flat();
};
const refused = async (path: string, body: object): Promise<string[]> => faults(await shop.post(path, body));
const choose = async (id: string): Promise<Answer> => {
  const [row] = await app.sql<{ publicId: string }>('select public_id as "publicId" from payment_links where id = $1', [
    id,
  ]);
  return app.client.post(`/checkout/${row?.publicId}/choice`, { asset: 'USDC', name: 'Ada', email: 'a@example.com' });
};

describe('a change', () => {
  it('waits for the others of the same link: all of many that come at once are made', async () => {
    const { id } = await link();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => put(id, { title: `Title ${at}` })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  it('pauses and resumes an INVOICE that a payer has chosen, whose invoice stays payable', async () => {
    const { id } = await link({ linkType: 'INVOICE' });
    const chosen = await choose(id);
    expect(chosen.status).toBe(200);
    expect((await put(id, { status: 'INACTIVE' })).body.status).toBe('INACTIVE');
    expect(await app.sql('select status from invoices where public_id = $1', [chosen.body.publicId])).toEqual([
      { status: 'PENDING' },
    ]);
    expect((await choose(id)).status).toBe(409);
    expect(faults(await put(id, { title: 'Another' }), 409)).toEqual([
      'Somebody has been given an invoice of this payment link, so what it says does not change while that can be paid: only status does',
    ]);
    expect((await put(id, { status: 'ACTIVE' })).body.status).toBe('ACTIVE');
  });

  it('of an expired link is refused in words of this API', async () => {
    const { id } = await link({ expiration_date: new Date(clock.now().getTime() + 60_000).toISOString() });
    clock.advance(120_000);
    await expireDue(app);
    const [sentence] = faults(await put(id, { title: 'Another' }), 409);
    expect(sentence).toMatch(/^This payment link has ended/);
    expect(sentence).not.toMatch(/metadata/);
  });

  it.each([
    [
      '/api/v0/taxes',
      { name: 'VAT', percentage: 19, active: false, inclusive: true },
      { active: true, inclusive: false },
    ],
    [
      '/api/v0/products',
      { name: 'Tee', description: 'x', price: 5, currency: 'EUR', status: 'ARCHIVED', unit: 'kg' },
      { currency: 'USD', status: 'ACTIVE', unit: null },
    ],
    [
      LINKS,
      { title: 'Tip jar', url: 'nulls', linkType: 'DONATION', amount: 5, collectAddress: true },
      { collectAddress: false, amount: null },
    ],
  ])('null puts members of %s back to what they are where nothing is said', async (path, body, defaults) => {
    const { id } = await made(path, body);
    const nulls = Object.fromEntries(Object.keys(defaults).map((name) => [name, null]));
    const answer = await shop.send('PUT', `${path}/${id}`, nulls);
    expect([answer.status, answer.body]).toMatchObject([200, defaults]);
  });

  it('null puts the type and the status of a customer back', async () => {
    const { id } = await made('/api/v0/customers', {
      first_name: 'Ada',
      last_name: 'L',
      phone_number: '+14155550100',
      customer_type: 'Startup',
      status: 'BLACKLISTED',
    });
    const answer = await shop.patch(`/api/v0/customers/${id}`, { customer_type: null, status: null });
    expect(answer.body).toMatchObject({ customer_type: 'Individual', status: 'ACTIVE' });
  });

  it('of a currency is told in the letters that make one', async () => {
    const { id, currency, url } = await link();
    expect((await put(id, { currency, url })).status).toBe(200);
    expect(faults(await put(id, { currency: 'USDC' }))).toEqual([expect.stringMatching(/^currency cannot be changed/)]);
    expect(await refused(LINKS, { title: 'Tip', url: slug(), linkType: 'DONATION', currency: 'USDC' })).toEqual([
      expect.stringMatching(/^currency must be one of/),
    ]);
  });
});

describe('the status of a link', () => {
  it('is INACTIVE while nothing of what it sells is on sale, in the list too', async () => {
    const [one, two] = [await product(), await product()];
    const { id } = await link({
      linkType: 'PRODUCT',
      amount: undefined,
      paymentLinkProducts: [{ productId: one.id }, { productId: two.id }],
    });
    const archive = (each: Json): Promise<Answer> =>
      shop.send('PUT', `/api/v0/products/${each.id}`, { status: 'ARCHIVED' });
    const statuses = async (): Promise<unknown> => [
      (await shop.get(`${LINKS}/${id}`)).body.status,
      (await shop.get(`${LINKS}?take=100`)).body.find((each: Json) => each.id === id).status,
    ];
    await archive(one);
    expect(await statuses()).toEqual(['ACTIVE', 'ACTIVE']);
    await archive(two);
    expect(await statuses()).toEqual(['INACTIVE', 'INACTIVE']);
    await shop.send('PUT', `/api/v0/products/${one.id}`, { status: 'ACTIVE' });
    expect(await statuses()).toEqual(['ACTIVE', 'ACTIVE']);
  });

  it('of a link to the whole catalogue is INACTIVE while the catalogue is empty', async () => {
    const other = await app.shopClient((await app.merchant()).merchantId);
    const { body } = await other.post(LINKS, { title: 'All', url: 'all', linkType: 'PRODUCT', isForAllProduct: true });
    expect(body.status).toBe('INACTIVE');
    await other.post('/api/v0/products', { name: 'Tee', description: 'Cotton', price: 20 });
    expect((await other.get(`${LINKS}/${body.id}`)).body.status).toBe('ACTIVE');
  });
});

it('a subscription of every three months has no recurringType, and its rhythm in full', async () => {
  const { body, text } = await partner.create('payment_links', {
    kind: 'subscription',
    amount: '5',
    currency: 'USDC',
    paymentType: 'Invoice',
    expiresAt: new Date(clock.now().getTime() + 300 * 86_400_000).toISOString(),
    recurrence: { interval: 'month', intervalCount: 3 },
  });
  expect(text).toContain('"data"');
  const { id } = body.data;
  const read = (await shop.get(`${LINKS}/${id}`)).body;
  expect(read).toMatchObject({ recurringType: null, recurrence: { interval: 'month', intervalCount: 3 } });
  expect((await put(id, read)).status).toBe(200);
  expect(faults(await put(id, { recurringType: 'MONTHLY' }))).toEqual([
    expect.stringMatching(/^recurringType cannot be changed/),
  ]);
  const own = await link({ linkType: 'SUBSCRIPTION', recurringType: 'WEEKLY' });
  expect(own).toMatchObject({ recurringType: 'WEEKLY', recurrence: { interval: 'week', intervalCount: 1 } });
});

describe('members', () => {
  it.each(['expirationDate', 'expiresAt', 'expires_at', 'expiry', 'ExpirationDate'])(
    '%s is not taken for no deadline',
    async (name) => {
      const body = { title: 'Tip jar', url: slug(), linkType: 'DONATION', [name]: '2030-01-01T00:00:00Z' };
      expect(await refused(LINKS, body)).toEqual([
        `${name} is no member of this body: it is called expiration_date here`,
      ]);
      expect(faults(await put((await link()).id, { [name]: '2030-01-01T00:00:00Z' }))).toHaveLength(1);
    },
  );

  it.each([
    ['/api/v0/customers', { firstName: 'Ada', last_name: 'L', phone_number: '+14155550100' }, 'first_name'],
    ['/api/v0/taxes', { name: 'VAT', percentage: 19, isActive: false }, 'active'],
    [
      '/api/v0/webhooks',
      { name: 'Hook', url: 'https://example.com', isActive: true, encrypted: false, signingSecret: 'x' },
      'signing_secret',
    ],
    ['/api/v0/products', { name: 'Tee', description: 'x', price: 5, stock_count: 3 }, 'stockCount'],
  ])('of %s that are nearly right are told their name', async (path, body, right) => {
    expect(await refused(path, body)).toContainEqual(expect.stringContaining(`it is called ${right} here`));
  });

  it.each([
    ['/api/v0/taxes', { name: 'VAT', percentage: 19 }],
    ['/api/v0/products', { name: 'Tee', description: 'x', price: 5 }],
    ['/api/v0/customers', { first_name: 'Ada', last_name: 'L', phone_number: '+14155550100' }],
    ['/api/v0/webhooks', { name: 'Hook', url: 'https://example.com', isActive: true, encrypted: false }],
    [LINKS, { title: 'Tip jar', url: 'decided', linkType: 'DONATION' }],
  ])('of %s that only the service decides are refused in either spelling', async (path, body) => {
    const decided = ['id', 'appId', 'createdAt', 'created_at', 'updatedAt', 'updated_at', 'delivery_stats'];
    const sent = { ...body, ...Object.fromEntries(decided.map((name) => [name, 'x'])) };
    expect((await refused(path, sent)).toSorted()).toEqual(
      decided.map((name) => `${name} is decided by the server and must not be sent`).toSorted(),
    );
  });

  it.each([
    ['100.0', 100],
    ['1e2', 100],
  ])('maxPayments may be written %s', async (text, told) => {
    const answer = await shop.send(
      'POST',
      LINKS,
      `{"title":"Tip jar","url":"${slug()}","linkType":"DONATION","limitPayments":true,"maxPayments":${text}}`,
    );
    expect([answer.status, answer.body.maxPayments]).toEqual([201, told]);
  });

  it.each(['100.5', '1.00000000000000000001', '1e-1', '1e400'])(
    'maxPayments of %s is no whole number',
    async (text) => {
      const answer = await shop.send(
        'POST',
        LINKS,
        `{"title":"Tip jar","url":"${slug()}","linkType":"DONATION","limitPayments":true,"maxPayments":${text}}`,
      );
      expect(faults(answer)).toEqual(['maxPayments must be an integer number']);
    },
  );

  it('expiration_date says that its time zone is missing', async () => {
    const body = { title: 'Tip', url: slug(), linkType: 'DONATION', expiration_date: '2030-01-01T00:00:00' };
    expect(await refused(LINKS, body)).toEqual([
      'expiration_date must say its time zone: 2030-01-01T00:00:00Z in UTC, or with an offset such as +02:00',
    ]);
  });

  it('of the wrong kind are told in one sentence', async () => {
    const body = { title: 'Tip', url: slug(), linkType: 'PRODUCT', paymentLinkProducts: ['x'] };
    expect(await refused(LINKS, body)).toEqual(['paymentLinkProducts.0 must be an object']);
    expect(await refused('/api/v0/taxes', { name: 'VAT', percentage: 1, appIds: 'x' })).toEqual([
      'appIds must be an array',
    ]);
  });

  it('limitPayments of an INVOICE cannot be false', async () => {
    const body = { title: 'Bill', url: slug(), linkType: 'INVOICE', amount: 5, limitPayments: false };
    expect(await refused(LINKS, body)).toEqual([
      'limitPayments must be true for an INVOICE, which is paid once: leave it out',
    ]);
  });

  it('amount says its bounds and its spelling', async () => {
    expect(await refused(LINKS, { title: 'Tip', url: slug(), linkType: 'DONATION', amount: '1e2' })).toEqual([
      'amount must be a decimal from 0.01 to 922337203685.4775807 with at most 7 decimals, without exponent',
    ]);
  });

  it('signing_secret may be one that was made here, and signs as it did', async () => {
    const hook = await made('/api/v0/webhooks', {
      name: 'Hook',
      url: 'https://example.com',
      isActive: true,
      encrypted: false,
    });
    const answer = await shop.patch(`/api/v0/webhooks/${hook.id}`, { signing_secret: hook.signing_secret });
    expect([answer.status, answer.body.signing_secret]).toEqual([200, undefined]);
  });
});

describe('questions', () => {
  it('members of a query that nobody knows are ignored, whatever they are called', async () => {
    for (const path of [LINKS, '/api/v0/taxes', '/api/v0/products', '/api/v0/webhooks'])
      expect((await shop.get(`${path}?id=x&number=1&memo=x&other=1`)).status).toBe(200);
  });

  it('statistics speak of from and to, and of a payment link that is not there', async () => {
    const { id } = await link();
    expect(faults(await shop.get(`${LINKS}/${id}/statistics?from=2026-02-01&to=2026-01-01`))).toEqual([
      'to must not be before from',
    ]);
    expect(faults(await shop.get(`${LINKS}/x/statistics`), 404)).toEqual(['Payment link not found']);
  });

  it.each(['/api/v0/products/', '/api/v0/payment-links/', '/api/v0/taxes/', '/api/v0/customers/'])(
    'an id of 300 characters below %s is not found',
    async (path) => {
      expect((await shop.get(path + 'x'.repeat(300))).status).toBe(404);
    },
  );

  it.each([`/p/${'x'.repeat(300)}/a`, `/s/${'x'.repeat(300)}`, `/pay/${'x'.repeat(300)}`])(
    'a page at too long an address is not found',
    async (path) => {
      expect((await app.client.get(path)).status).toBe(404);
    },
  );
});

describe('bodies', () => {
  const PRODUCTS = '/api/v0/products';
  const FORM = 'application/x-www-form-urlencoded';
  const send = (type: string | undefined, body: string | Buffer): ReturnType<typeof rawRequest> =>
    rawRequest(app.url, 'POST', PRODUCTS, {
      headers: { ...pair, ...(type === undefined ? {} : { 'content-type': type }) },
      body,
    });
  const sentence = async (answer: ReturnType<typeof rawRequest>): Promise<unknown> => {
    const { status, text } = await answer;
    return [status, (JSON.parse(text) as { message: unknown }).message];
  };
  const FORMS = 'application/json, application/x-www-form-urlencoded or multipart/form-data';

  it('of a product may be three, and the refusal of a fourth names them', async () => {
    expect(await sentence(send('text/plain', 'x'))).toEqual([415, `The request body must be sent as ${FORMS}`]);
    expect(await sentence(send(undefined, ''))).toEqual([
      400,
      `The request has no body: send a JSON object as ${FORMS}`,
    ]);
  });

  it.each(['name=%ff&description=x&price=5', Buffer.from('name=\xff&description=x&price=5', 'latin1')])(
    'a form that is not UTF-8 is refused',
    async (body) => {
      expect(await sentence(send(FORM, body))).toEqual([400, 'The form is not valid UTF-8']);
    },
  );

  it.each(['images[]', 'images[0]', 'images%5B%5D'])('%s is a member of the list of images', async (name) => {
    const { status, text } = await send(FORM, `name=Tee&description=x&price=5&${name}=https://a.example/1.jpg`);
    expect([status, (JSON.parse(text) as Json).images]).toEqual([201, ['https://a.example/1.jpg']]);
  });

  it('what is expected beside 100-continue is refused in the envelope', async () => {
    const { status, text, headers } = await rawRequest(app.url, 'GET', '/api/v0/health', {
      headers: { ...pair, expect: 'foo' },
    });
    expect([status, JSON.parse(text)]).toEqual([
      417,
      {
        statusCode: 417,
        message: 'The Expect header may only be 100-continue: leave it out',
        error: 'Expectation Failed',
      },
    ]);
    expect(headers['x-ratelimit-limit']).toMatch(/^\d+$/);
  });

  it('an address that is too long is refused in the envelope of its family, with what is left of the limit', async () => {
    const { status, text, headers } = await rawRequest(app.url, 'GET', `/api/v0/${'x'.repeat(20_000)}`);
    expect([status, JSON.parse(text)]).toMatchObject([431, { statusCode: 431, message: expect.any(String) }]);
    expect(headers['x-ratelimit-limit']).toMatch(/^\d+$/);
  });
});
