import type { Answer, Json } from '../support/api-client';
import { audited } from '../support/audited';
import { ManualClock } from '../support/manual-clock';
import { LINKS, SeedShop, slug } from './seed-002-journey';

/** What is answered of a payment link, under which headers, and every use that the published description names. Its members: seed-002-members. */

const ANSWERED = [
  'id',
  'title',
  'url',
  'description',
  'coverImage',
  'linkType',
  'status',
  'amount',
  'currency',
  'allowQuantityAdjustment',
  'allowMobilePayment',
  'collectTax',
  'collectAddress',
  'limitPayments',
  'maxPayments',
  'customFields',
  'paymentLinkProducts',
  'appId',
  'expiration_date',
  'createdAt',
  'updatedAt',
] as const;
const ADDRESS = { street: '1 Sea Road', city: 'Harbour', postalCode: '12345', country: 'Germany' };

const clock = new ManualClock();
let seed: SeedShop;
let sent: Json;
let post: Answer;
beforeAll(async () => {
  seed = await SeedShop.start(clock);
  const productId = await seed.product();
  sent = {
    title: 'Premium Subscription',
    url: slug(),
    linkType: 'PRODUCT',
    description: 'Get access to all premium features',
    coverImage: 'https://example.com/images/premium-subscription.jpg',
    currency: 'eurc',
    allowQuantityAdjustment: false,
    allowMobilePayment: true,
    collectTax: true,
    taxId: await seed.tax(),
    collectAddress: true,
    limitPayments: true,
    maxPayments: 100,
    customFields: { customField1: 'value1', customField2: 'value2' },
    paymentLinkProducts: [{ productId, quantity: 2 }],
    expiration_date: seed.inDays(30),
  };
  post = await seed.create(sent);
  expect([post.status, post.text]).toEqual([201, post.text]);
});
afterAll(async () => {
  const { breaches } = await audited(seed.app.databaseUrl, { networks: [], clock });
  await seed.stop();
  expect(breaches).toEqual([]);
});

describe('an answer', () => {
  it.each(ANSWERED)('%s: is told by POST, GET, the list and PUT alike, and as it was sent', async (name) => {
    const { body: made } = post;
    const one = await seed.read(made);
    const list: Json[] = (await seed.client.get(`${LINKS}?take=100`)).body;
    const put = await seed.client.send('PUT', `${LINKS}/${made.id}`, { title: sent.title });
    const listed = list.find(({ id }) => id === made.id);
    expect(put.status).toBe(200);
    for (const told of [one, listed, put.body]) {
      expect(Object.keys(told)).toContain(name);
      if (name === 'paymentLinkProducts') expect(told[name]).toMatchObject(made[name]);
      else expect(told[name]).toEqual(made[name]);
    }
    if (name in sent && name !== 'url') expect(made[name]).toEqual(sent[name]);
  });

  it('id: finds the link in every family', async () => {
    const { id } = post.body;
    expect((await seed.shop.partner.get(`payment_links/${id}`)).body.data.id).toBe(id);
    expect((await seed.client.get(`${LINKS}/${id}/statistics`)).body.paymentLinkId).toBe(id);
  });

  it('url: is the full checkout URL', async () => {
    expect(post.body.url).toMatch(new RegExp(`^${seed.app.url}/p/[a-z0-9-]+/${sent.url}$`));
    expect((await seed.visit(post.body.url)).status).toBe(200);
  });

  it('amount: is null where the products decide', () => {
    expect(post.body.amount).toBeNull();
  });

  it('status: is ACTIVE, INACTIVE while it is paused, and ACTIVE again', async () => {
    const link = await seed.make();
    const put = async (status: string): Promise<string> =>
      (await seed.client.send('PUT', `${LINKS}/${link.id}`, { status })).body.status;
    expect([link.status, await put('INACTIVE')]).toEqual(['ACTIVE', 'INACTIVE']);
    expect((await seed.visit(link.url)).text).toContain('Paused');
    expect(await put('ACTIVE')).toBe('ACTIVE');
    expect((await seed.sell(link)).link.status).toBe('ACTIVE');
  });

  it('appId: is the merchant', () => {
    expect(post.body.appId).toBe(seed.shop.merchantId);
  });

  it('createdAt and updatedAt: are instants, and a change moves the second alone', async () => {
    const link = await seed.make();
    expect([link.createdAt, link.updatedAt]).toEqual([clock.now().toISOString(), clock.now().toISOString()]);
    clock.advance(1000);
    const { body } = await seed.client.send('PUT', `${LINKS}/${link.id}`, { title: 'Another title' });
    expect([body.createdAt, body.updatedAt]).toEqual([link.createdAt, clock.now().toISOString()]);
  });
});

describe('headers', () => {
  it.each(['x-client-key', 'x-client-secret'])('%s: is required, and must be right', async (name) => {
    for (const wrong of ['', 'ck_test_wrong']) {
      const { status, body } = await seed.create({}, { [name]: wrong });
      expect([status, body.message]).toEqual([401, 'Unauthorized. Client key or secret is invalid or missing.']);
    }
  });

  it('idempotency-key: subsequent requests return the original response, and keys expire after 24 hours', async () => {
    const key = { 'idempotency-key': '7b0d7c0e-6d0c-4f57-9a53-0c0f0a7c1f10' };
    const body = { url: slug() };
    const first = await seed.create(body, key);
    clock.advance(23 * 3_600_000);
    const second = await seed.create(body, key);
    expect([second.status, second.text, second.headers.get('idempotent-replayed')]).toEqual([201, first.text, 'true']);
    const other = { url: slug() };
    expect((await seed.create(other, key)).status).toBe(409);
    clock.advance(2 * 3_600_000);
    const third = await seed.create(other, key);
    expect([third.status, third.body.id === first.body.id]).toEqual([201, false]);
  });
});

describe('use cases', () => {
  it('1. E-commerce Product Sales: a bundle with quantities that may be changed, and tax', async () => {
    const [tee, cap] = [await seed.product(), await seed.product({ name: 'Cap', price: 7.5 })];
    const link = await seed.make({
      paymentLinkProducts: [{ productId: tee }, { productId: cap, quantity: 2 }],
      collectTax: true,
      taxId: await seed.tax(),
    });
    const { invoice, line } = await seed.sell(link, { [`take-${tee}`]: '3' });
    expect([invoice.subtotal, invoice.taxAmount, invoice.amount, line['net'], line['tax']]).toEqual([
      '75.00',
      '18.75',
      '93.75',
      '75.00',
      '18.75',
    ]);
  });

  it('2. Subscription Services: a payer subscribes by the page, and the next period is known', async () => {
    const link = await seed.make({ linkType: 'SUBSCRIPTION', amount: 12, recurringType: 'WEEKLY' });
    const { invoice, page } = await seed.sell(link, { email: 'ada@example.com' });
    expect([invoice.periodIndex, page.includes('every week')]).toEqual([0, true]);
    const { body } = await seed.shop.partner.get(`invoices/${invoice.id}?include=subscription`);
    expect(body.included[0].attributes).toMatchObject({ status: 'active' });
  });

  it('3. Fundraising & Donations: flexible amounts, custom fields for the donor, and an address', async () => {
    const link = await seed.make({
      linkType: 'DONATION',
      amount: null,
      minAmount: 2,
      presetAmounts: [5, 50],
      collectAddress: true,
      customFields: { inNameOf: 'In whose name?' },
    });
    const page = await seed.visit(link.url);
    expect([
      page.text.includes('data-fill="50.00"'),
      (await seed.fill(page, { amount: '1', ...ADDRESS })).status,
    ]).toEqual([true, 422]);
    const { invoice, line } = await seed.sell(link, { amount: '12.34', 'answer-0': 'Ada', ...ADDRESS });
    expect([invoice.amount, invoice.payer.address, line['answers']]).toEqual(['12.34', ADDRESS, 'inNameOf: Ada']);
  });

  it('4. Limited Time Offers: open until a date and for so many', async () => {
    const link = await seed.make({
      amount: 9,
      limitPayments: true,
      maxPayments: 1,
      allowQuantityAdjustment: false,
      expiration_date: seed.inDays(2),
    });
    const { page, link: after } = await seed.sell(link);
    expect([
      page.includes('Open until'),
      after.status,
      (await seed.visit(link.url)).text.includes('Completed'),
    ]).toEqual([true, 'INACTIVE', true]);
    const unsold = await seed.make({ amount: 9, limitPayments: true, maxPayments: 1, expiration_date: seed.inDays(1) });
    clock.advance(25 * 3_600_000);
    expect((await seed.read(unsold)).status).toBe('EXPIRED');
  });

  it('5. Service Payments: a custom amount for one customer, under a reference of the books', async () => {
    const customerId = await seed.customer();
    const link = await seed.make({ linkType: 'INVOICE', amount: 480.5, customerId, paymentForId: 'consult-7' });
    const { invoice, line } = await seed.sell(link);
    expect([invoice.amount, line['customer'], line['reference'], line['total']]).toEqual([
      '480.50',
      'Grace Hopper',
      'consult-7',
      '480.50',
    ]);
  });
});

describe('best practices and integration patterns', () => {
  it.each(['summer sale', 'a?b', 'größe', '<script>'])(
    'Avoid special characters and spaces: %s is refused',
    async (url) => {
      const { status, body } = await seed.create({ url });
      expect([status, body.message]).toEqual([400, [expect.stringMatching(/^url must be/)]]);
    },
  );

  it.each(['premium-subscription', 'summer/Tee_2.0', 'v1.2_final'])(
    'Use descriptive, SEO-friendly URL slugs: %s is in the address as it is',
    async (url) => {
      const link = await seed.make({ url });
      expect([link.url.endsWith(`/${url}`), (await seed.visit(link.url)).status]).toEqual([true, 200]);
    },
  );

  it('Provide multiple payment options: what is asked in usdc may be paid in lumens', async () => {
    const link = await seed.make({ amount: 3 });
    const publicId = await seed.choose(link);
    const { status, text } = await seed.app.client.post(`/checkout/${publicId}/test-payment?sendAsset=XLM`);
    expect([status, text]).toEqual([200, text]);
    expect(await seed.invoice(publicId)).toMatchObject({ status: 'PAID', currency: 'USDC', amountReceived: '3.00' });
  });

  it('Dynamic Link Generation: many at once are many links, each with its own page', async () => {
    const links = await Promise.all(
      Array.from({ length: 20 }, (_none, at) => seed.make({ title: `Order number ${at}` })),
    );
    expect(new Set(links.map(({ url }) => url)).size).toBe(20);
    for (const at of [0, 19]) expect((await seed.visit(links[at].url)).text).toContain(`Order number ${at}`);
  });

  it('Link Analytics: what was opened, chosen and paid, and what came in', async () => {
    const link = await seed.make({ amount: 4, allowQuantityAdjustment: false });
    await seed.visit(link.url);
    await seed.choose(link);
    const { statistics } = await seed.sell(link);
    // Opened once to look, once to leave it, twice to pay: to see it and to fill it in.
    expect(statistics.totals).toMatchObject({ opened: 4, chosen: 2, paid: 1, conversion: 0.25 });
    expect(statistics.totals.received).toMatchObject([{ currency: 'usdc', amount: 4 }]);
  });

  it('Check our API status page: it is public', async () => {
    const { status, text } = await seed.visit(`${seed.app.url}/status`);
    expect([status, text.includes('Webhooks')]).toEqual([200, true]);
  });
});
