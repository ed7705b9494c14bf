import { Memo } from '@stellar/stellar-sdk';
import type { Invoice } from '../../src/invoices/invoice';
import { LinkCheckoutService } from '../../src/links/choices/link-checkout.service';
import { type Answer, ApiClient, type Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { audited } from '../support/audited';
import { ManualClock } from '../support/manual-clock';
import type { PartnerProgram } from '../support/partner-program';
import type { TestMerchant } from '../support/shop';
import type { TestWallet } from '../support/wallet';

/** What becomes of a shop's payment link after it was made, and what others see of it. */

const LINKS = '/api/v0/payment-links';
const NOBODYS = '01890000-0000-7000-8000-000000000000';
const DAY_MS = 24 * 3600 * 1000;

const clock = new ManualClock();
let app: TestApp;
let merchant: TestMerchant;
let shop: ApiClient;
let other: ApiClient;
let partner: PartnerProgram;
let payer: TestWallet;

beforeAll(async () => {
  app = await TestApp.start({ ports: { clock }, env: { LIMIT_MERCHANT_PER_MINUTE: '100000' } });
  merchant = await app.merchant();
  [shop, partner, payer] = await Promise.all([
    app.shopClient(merchant.merchantId),
    app.partner(merchant.merchantId),
    app.wallet(['USDC']),
  ]);
  other = await app.shopClient((await app.merchant()).merchantId);
});
afterAll(async () => {
  const { breaches } = await audited(app.databaseUrl, { networks: [], clock });
  await app.stop();
  expect(breaches).toEqual([]);
});

let count = 0;
const slug = (): string => `link-${(count += 1)}`;
const inDays = (days: number): string => new Date(clock.now().getTime() + days * DAY_MS).toISOString();
const make = async (members: object = {}, client = shop): Promise<Json> => {
  const { status, body, text } = await client.post(LINKS, {
    title: 'Tip jar',
    url: slug(),
    linkType: 'DONATION',
    amount: 5,
    ...members,
  });
  expect([status, text]).toEqual([201, text]);
  return body;
};
const put = (link: Json, members: object, client = shop): Promise<Answer> =>
  client.send('PUT', `${LINKS}/${link.id}`, members);
const changed = async (link: Json, members: object): Promise<Json> => {
  const { status, body, text } = await put(link, members);
  expect([status, text]).toEqual([200, text]);
  return body;
};
const refusal = async (link: Json, members: object, as = 400): Promise<string[]> => {
  const { status, body } = await put(link, members);
  expect(status).toBe(as);
  return [body.message].flat();
};
const read = async (link: Json): Promise<Json> => (await shop.get(`${LINKS}/${link.id}`)).body;
const rowOf = async (link: Json): Promise<Json> =>
  (await app.sql<Json>('select *, version::text as version from payment_links where id = $1', [link.id]))[0];

let addresses = 0;
const open = async (link: Json): Promise<Invoice> =>
  app.get(LinkCheckoutService).open((await rowOf(link)).public_id, { asset: 'USDC' }, `10.0.0.${(addresses += 1)}`);
const pay = async (link: Json): Promise<void> => {
  const invoice = await open(link);
  await payer.pay(merchant.wallet.address, '5', { asset: payer.coin('USDC'), memo: Memo.text(invoice.memo) });
  await eventually(
    async () => (await partner.get(`invoices/${invoice.id}`)).body.data.attributes.status,
    (status) => status === 'PAID',
  );
};

describe('the list', () => {
  it('is a bare array of the newest 10, without what only one link is read with', async () => {
    const made: Json[] = [];
    for (let at = 0; at < 12; at += 1) made.push(await make());
    const { status, body } = await shop.get(LINKS);
    expect([status, body]).toEqual([200, made.toReversed().slice(0, 10)]);
  });

  it('skip and take ask for another part', async () => {
    const all = (await shop.get(`${LINKS}?take=100`)).body;
    expect((await shop.get(`${LINKS}?skip=3&take=4`)).body).toEqual(all.slice(3, 7));
    expect((await shop.get(`${LINKS}?skip=5000`)).body).toEqual([]);
  });

  it.each(['take=0', 'take=101', 'take=x', 'skip=-1', 'skip=1.5', 'skip=1&skip=2'])('%s is refused', async (query) => {
    const { status, body } = await shop.get(`${LINKS}?${query}`);
    expect([status, body.message]).toEqual([400, [expect.stringMatching(/^(skip|take) must be a whole number/)]]);
  });

  it("holds no other merchant's links", async () => {
    const mine = await make({}, other);
    expect((await other.get(LINKS)).body).toEqual([mine]);
  });
});

describe('one link', () => {
  it("that is not there, not the caller's or no id at all is 404 in the same words", async () => {
    const foreign = await make({}, other);
    const answers = await Promise.all(
      [foreign.id, NOBODYS, 'x', foreign.id.toUpperCase()].flatMap((id) => [
        shop.get(`${LINKS}/${id}`),
        shop.send('PUT', `${LINKS}/${id}`, { title: 'Mine now' }),
      ]),
    );
    const told = JSON.stringify({ statusCode: 404, message: 'Payment link not found', error: 'Not Found' });
    expect(answers.map(({ status, text }) => [status, text])).toEqual(answers.map(() => [404, told]));
    expect((await other.get(`${LINKS}/${foreign.id}`)).body.title).toBe('Tip jar');
  });

  it('is read as it was made, with product and tax', async () => {
    const link = await make();
    expect(await read(link)).toEqual({ ...link, tax: null });
  });
});

describe('a change', () => {
  it('of one member leaves all others as they are', async () => {
    const link = await make({
      description: 'One',
      customFields: { size: 'Size' },
      limitPayments: true,
      maxPayments: 9,
    });
    clock.advance(1000);
    expect(await changed(link, { title: 'Renamed' })).toEqual({
      ...link,
      title: 'Renamed',
      updatedAt: clock.now().toISOString(),
    });
  });

  it.each<[string, object]>([
    ['title', { title: 'Other' }],
    ['description', { description: '*new*' }],
    ['coverImage', { coverImage: 'https://example.com/b.jpg' }],
    ['amount', { amount: 7.25 }],
    ['paymentForId', { paymentForId: 'order-7' }],
    ['allowQuantityAdjustment', { allowQuantityAdjustment: false }],
    ['allowMobilePayment', { allowMobilePayment: true }],
    ['collectAddress', { collectAddress: true }],
    ['limitPayments and maxPayments', { limitPayments: true, maxPayments: 3 }],
    ['customFields', { customFields: { colour: 'Colour' } }],
    ['status', { status: 'INACTIVE' }],
  ])('of %s is kept and read again', async (_name, members) => {
    const link = await make();
    expect(await changed(link, members)).toMatchObject(members);
    expect(await read(link)).toMatchObject(members);
  });

  it('of customerId, taxId and products is kept, and what does not exist is refused', async () => {
    const link = await make({ linkType: 'PRODUCT' });
    const post = async (path: string, body: object): Promise<string> =>
      (await shop.post(`/api/v0/${path}`, body)).body.id;
    const [customerId, taxId, productId] = [
      await post('customers', {
        first_name: 'Ada',
        last_name: 'L',
        phone_number: '+14155550100',
        email: `${slug()}@example.com`,
      }),
      await post('taxes', { name: 'VAT', percentage: 7 }),
      await post('products', { name: 'Tee', description: 'Cotton', price: 20 }),
    ];
    const members = { customerId, collectTax: true, taxId, paymentLinkProducts: [{ productId, quantity: 3 }] };
    expect(await changed(link, members)).toMatchObject({ ...members, amount: null });
    expect(
      await refusal(link, { customerId: NOBODYS, taxId: NOBODYS, paymentLinkProducts: [{ productId: NOBODYS }] }),
    ).toEqual([
      `paymentLinkProducts.0.productId "${NOBODYS}" does not exist`,
      `taxId "${NOBODYS}" does not exist`,
      `customerId "${NOBODYS}" does not exist`,
    ]);
    expect(
      await changed(link, { amount: 5, paymentLinkProducts: [], customerId: null, collectTax: false, taxId: null }),
    ).toMatchObject({
      amount: 5,
      paymentLinkProducts: [],
      customerId: null,
      taxId: null,
    });
    expect(await refusal(link, { amount: null })).toEqual([expect.stringMatching(/^paymentLinkProducts must name/)]);
  });

  it('null puts a member back to what it is where nothing is said of it', async () => {
    const link = await make({
      description: 'One',
      coverImage: 'https://example.com/a.jpg',
      paymentForId: 'x',
      customFields: { a: 'A' },
      expiration_date: inDays(3),
      limitPayments: true,
      maxPayments: 5,
      allowQuantityAdjustment: false,
    });
    const names = [
      'description',
      'coverImage',
      'paymentForId',
      'customFields',
      'expiration_date',
      'limitPayments',
      'maxPayments',
    ];
    const told = await changed(
      link,
      Object.fromEntries([...names, 'allowQuantityAdjustment'].map((name) => [name, null])),
    );
    expect(names.map((name) => told[name])).toEqual([null, null, null, null, null, false, null]);
    expect(told.allowQuantityAdjustment).toBe(true);
    expect(await refusal(link, { title: null })).toEqual([expect.stringMatching(/^title /)]);
  });

  it('sent as the whole answer changes nothing', async () => {
    const { body: product } = await shop.post('/api/v0/products', { name: 'Tee', description: 'x', price: 3 });
    for (const link of [
      await make({ expiration_date: inDays(3), customFields: { a: 'A' }, limitPayments: true, maxPayments: 4 }),
      await make({ amount: undefined, minAmount: 2, presetAmounts: [3, 4.5] }),
      await make({ linkType: 'INVOICE' }),
      await make({
        linkType: 'PRODUCT',
        amount: undefined,
        paymentLinkProducts: [{ productId: product.id, quantity: 2 }],
      }),
      await make({ linkType: 'PRODUCT', amount: undefined, isForAllProduct: true }),
    ]) {
      const before = await rowOf(link);
      clock.advance(1000);
      expect(await changed(link, link)).toEqual(link);
      expect(await changed(link, await read(link))).toEqual(link);
      expect((await rowOf(link)).version).toBe(before.version);
    }
  });

  it.each<[string, (link: Json) => unknown, (link: Json) => unknown]>([
    ['url', () => 'another', ({ url }) => url],
    ['url', () => 'https://example.com/another', ({ url }) => url.split('/').at(-1)],
    ['url', () => null, ({ url }) => url],
    ['linkType', () => 'PRODUCT', () => 'COLLECTION'],
    ['linkType', () => 'x', () => 'DONATION'],
    ['currency', () => 'eurc', () => 'usdc'],
    ['id', () => NOBODYS, ({ id }) => id],
    ['createdAt', () => '2020-01-01T00:00:00Z', ({ createdAt }) => createdAt],
    ['appId', () => NOBODYS, ({ appId }) => appId],
  ])('of %s is refused, and the same is let through', async (name, wrong, same) => {
    const link = await make();
    expect(await refusal(link, { [name]: wrong(link) })).toEqual([
      expect.stringMatching(new RegExp(`^${name} (cannot be changed|is decided)`)),
    ]);
    expect(await changed(link, { [name]: same(link) })).toEqual(link);
  });

  it('with several faults tells them all and changes nothing', async () => {
    const link = await make();
    expect(
      (
        await refusal(link, {
          title: 'x',
          url: 'other',
          amount: 0,
          limitPayments: true,
          expiration_date: '2001-01-01T00:00:00Z',
          status: 'EXPIRED',
          customerId: NOBODYS,
          description: 'kept?',
        })
      ).map((text) => text.split(' ', 1)[0]),
    ).toEqual(['title', 'status', 'amount', 'url', 'maxPayments', 'expiration_date', 'customerId']);
    expect(await read(link)).toMatchObject({ title: 'Tip jar', description: null });
  });

  it('of three clients at once is made three times, none over another', async () => {
    const link = await make();
    await Promise.all([
      changed(link, { title: 'Renamed' }),
      changed(link, { description: 'New' }),
      changed(link, { paymentForId: 'order-1' }),
    ]);
    expect(await read(link)).toMatchObject({ title: 'Renamed', description: 'New', paymentForId: 'order-1' });
  });

  it('of an INVOICE that a payer has been given a price for is 409', async () => {
    const link = await make({ linkType: 'INVOICE' });
    await open(link);
    expect(await refusal(link, { amount: 6 }, 409)).toEqual([expect.stringContaining('only status does')]);
  });
});

describe('status', () => {
  it('ACTIVE and INACTIVE resume and pause: nobody can come to pay meanwhile', async () => {
    const link = await make();
    expect((await changed(link, { status: 'INACTIVE' })).status).toBe('INACTIVE');
    await expect(open(link)).rejects.toMatchObject({ code: 'link_not_open' });
    expect((await changed(link, { status: 'ACTIVE' })).status).toBe('ACTIVE');
    expect((await open(link)).status).toBe('PENDING');
  });

  it('is EXPIRED when the date has come, and ACTIVE again with a later one', async () => {
    const link = await make({ expiration_date: inDays(1) });
    await app.sql('update payment_links set expires_at = $2 where id = $1', [
      link.id,
      new Date(clock.now().getTime() - 1),
    ]);
    expect((await read(link)).status).toBe('EXPIRED');
    expect(await changed(link, { expiration_date: inDays(2) })).toMatchObject({ status: 'ACTIVE' });
  });

  it('is INACTIVE while every payment is made or being made, and at the limit; a higher maxPayments opens it again', async () => {
    const link = await make({ limitPayments: true, maxPayments: 1, allowQuantityAdjustment: false });
    await pay(link);
    expect((await read(link)).status).toBe('INACTIVE');
    expect(await refusal(link, { maxPayments: 1, title: 'Renamed' }, 409)).toHaveLength(1);
    expect(await changed(link, { maxPayments: 2 })).toMatchObject({ status: 'ACTIVE', maxPayments: 2 });
    const held = await open(link);
    expect([held.status, (await read(link)).status]).toEqual(['PENDING', 'INACTIVE']);
  });

  it('a limit below what is paid or being paid is refused', async () => {
    const link = await make({ limitPayments: true, maxPayments: 5, allowQuantityAdjustment: false });
    await Promise.all([open(link), open(link)]);
    expect(await refusal(link, { maxPayments: 1 })).toEqual([expect.stringMatching(/^maxPayments must be at least 2/)]);
  });
});

describe('other families', () => {
  it('a link made here reads over JSON:API with the same id', async () => {
    const link = await make({
      description: 'For coffee',
      limitPayments: true,
      maxPayments: 7,
      expiration_date: inDays(9),
    });
    expect((await partner.get(`payment_links/${link.id}`)).body.data).toMatchObject({
      id: link.id,
      attributes: {
        kind: 'donation',
        title: 'Tip jar',
        description: 'For coffee',
        amount: '5.00',
        currency: 'USDC',
        maxPayments: 7,
        status: 'active',
        expiresAt: link.expiration_date,
      },
    });
  });

  const made = async (attributes: object, relationships?: object): Promise<Json> => {
    const { status, body, text } = await partner.create(
      'payment_links',
      { amount: '5', currency: 'XLM', paymentType: 'Invoice', expiresAt: inDays(1), title: 'There', ...attributes },
      relationships,
    );
    expect([status, text]).toEqual([201, text]);
    return body.data;
  };

  it('a link made over JSON:API without a slug is read, listed and changed here as any other, at the address of its page', async () => {
    const { id, attributes } = await made({ kind: 'donation' });
    expect(await read({ id })).toMatchObject({
      linkType: 'DONATION',
      currency: 'xlm',
      amount: 5,
      url: `${app.url}/pay/${attributes.publicId}`,
      allowMobilePayment: true,
      tax: null,
    });
    expect((await shop.get(LINKS)).body[0]).toMatchObject({ id, url: `${app.url}/pay/${attributes.publicId}` });
    const before = await rowOf({ id });
    expect(await changed({ id }, { ...(await read({ id })), title: 'Here' })).toMatchObject({ id, title: 'Here' });
    const { title, version, updated_at, ...rest } = await rowOf({ id });
    const { title: _title, version: _version, updated_at: _updatedAt, ...kept } = before;
    expect([title, BigInt(version) - BigInt(before.version), updated_at, rest]).toEqual([
      'Here',
      1n,
      expect.any(Date),
      kept,
    ]);
    expect(await refusal({ id }, { url: 'here' })).toEqual([expect.stringMatching(/^url cannot be changed/)]);
    expect((await changed({ id }, { status: 'INACTIVE' })).status).toBe('INACTIVE');
    expect((await partner.get(`payment_links/${id}`)).body.data.attributes.status).toBe('inactive');
  });

  it('a link that the wallet API made is listed as an INVOICE, and its price is not changed any more', async () => {
    const program = new ApiClient(app.url, { authorization: `Bearer ${await app.apiKey(merchant.merchantId)}` });
    const { body } = await program.post('/api/links', { amount: '5', asset: 'USDC', metadata: { title: 'There' } });
    const [link] = (await shop.get(LINKS)).body;
    expect(link).toMatchObject({
      title: 'There',
      linkType: 'INVOICE',
      amount: 5,
      url: body.checkoutUrl,
      maxPayments: 1,
    });
    expect((await put(link, { amount: 6 })).status).toBe(409);
    expect((await put(link, { status: 'INACTIVE' })).status).toBe(409);
  });

  it.each<[string, object]>([
    ['donation', { kind: 'donation', amount: null, openAmount: { minimum: '2', presets: ['3.125'] } }],
    ['donation', { kind: 'donation', currency: 'USD', amount: '50', quantity: { maximum: 7 }, maxPayments: 3 }],
    ['standard', { currency: 'EUR', amount: '20.00' }],
  ])(
    'a %s link made over JSON:API with a slug is in the list, and a change here touches nothing else',
    async (_kind, attributes) => {
      const { id } = await made(attributes);
      await app.sql('update payment_links set slug = $2 where id = $1', [id, slug()]);
      const before = await rowOf({ id });
      const told = await read({ id });
      expect((await shop.get(LINKS)).body[0]).toMatchObject({ id });
      await changed({ id }, { ...told, title: 'Renamed here' });
      const { title, version, updated_at, ...rest } = await rowOf({ id });
      const { title: _title, version: _version, updated_at: _updatedAt, ...kept } = before;
      expect([title, BigInt(version) - BigInt(before.version), rest]).toEqual(['Renamed here', 1n, kept]);
      expect(updated_at).toBeInstanceOf(Date);
    },
  );
});

describe('the page', () => {
  it('is what the url leads to', async () => {
    const { url } = await make({ title: 'Coffee for Ada' });
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('Coffee for Ada')]);
  });
});

describe('credentials, idempotency and scopes', () => {
  it('every call needs the client key and its secret', async () => {
    const { id } = await make();
    for (const [method, path] of [
      ['POST', LINKS],
      ['GET', LINKS],
      ['GET', `${LINKS}/${id}`],
      ['PUT', `${LINKS}/${id}`],
    ] as const) {
      const { status, body } = await app.client.send(method, path, method === 'GET' ? undefined : {});
      expect([status, body.message]).toEqual([401, 'Unauthorized. Client key or secret is invalid or missing.']);
    }
  });

  const body = (): Json => ({ title: 'Tip jar', url: slug(), linkType: 'DONATION' });
  const key = (): Record<string, string> => ({ 'idempotency-key': crypto.randomUUID() });

  it('a request that is repeated under its key makes one link, answered with the same bytes', async () => {
    const [sent, headers] = [body(), key()];
    const [first, second] = [await shop.post(LINKS, sent, headers), await shop.post(LINKS, sent, headers)];
    expect([first.status, second.status, second.text]).toEqual([201, 201, first.text]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(await app.sql('select from payment_links where slug = $1', [sent.url])).toHaveLength(1);
  });

  it('another body under the key is 409', async () => {
    const headers = key();
    await shop.post(LINKS, body(), headers);
    expect((await shop.post(LINKS, body(), headers)).body).toEqual({
      statusCode: 409,
      message: 'Conflict: Idempotency key already used with different request data',
      error: 'Conflict',
    });
  });

  it('a refused request frees its key', async () => {
    const headers = key();
    const taken = await make();
    expect((await shop.post(LINKS, { ...body(), url: taken.url }, headers)).status).toBe(409);
    expect((await shop.post(LINKS, { ...body(), title: 'x' }, headers)).status).toBe(400);
    expect((await shop.post(LINKS, body(), headers)).status).toBe(201);
  });

  it('links:read reads, and only links:write makes and changes', async () => {
    const link = await make();
    const reader = await app.shopClient(merchant.merchantId, { scopes: ['links:read'] });
    const writer = await app.shopClient(merchant.merchantId, { scopes: ['links:write'] });
    expect((await reader.get(LINKS)).status).toBe(200);
    expect([(await reader.post(LINKS, body())).status, (await put(link, { title: 'No' }, reader)).status]).toEqual([
      403, 403,
    ]);
    expect([(await writer.post(LINKS, body())).status, (await put(link, { title: 'Yes' }, writer)).status]).toEqual([
      201, 200,
    ]);
    expect((await writer.get(LINKS)).status).toBe(403);
  });
});
