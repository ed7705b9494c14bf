import type { Answer, ApiClient, Json } from '../support/api-client';
import { TestApp } from '../support/app';
import { ManualClock } from '../support/manual-clock';

/** Every member of a shop's payment link, by its name. */

const LINKS = '/api/v0/payment-links';
const NOBODYS = '01890000-0000-7000-8000-000000000000';
const DAY_MS = 24 * 3600 * 1000;

const clock = new ManualClock();
let app: TestApp;
let merchantId: string;
let shop: ApiClient;
let other: ApiClient;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, ports: { clock }, env: { LIMIT_MERCHANT_PER_MINUTE: '100000' } });
  ({ merchantId } = await app.merchant());
  shop = await app.shopClient(merchantId);
  other = await app.shopClient((await app.merchant()).merchantId);
});
afterAll(() => app.stop());

let count = 0;
const slug = (): string => `link-${(count += 1)}`;
const inDays = (days: number): string => new Date(clock.now().getTime() + days * DAY_MS).toISOString();
const donation = (members: object = {}): Json => ({ title: 'Tip jar', url: slug(), linkType: 'DONATION', ...members });
const priced = (members: object = {}): Json => ({
  title: 'Premium Subscription',
  url: slug(),
  linkType: 'PRODUCT',
  amount: 29.99,
  ...members,
});
const made = async (body: object): Promise<Json> => {
  const answer = await shop.post(LINKS, body);
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.body;
};
const refusal = async (body: object): Promise<string[]> => {
  const { status, body: told } = await shop.post(LINKS, body);
  expect([status, told.error]).toEqual([400, 'Bad Request']);
  return [told.message].flat();
};
const put = (link: Json, members: object): Promise<Answer> => shop.send('PUT', `${LINKS}/${link.id}`, members);
const changed = async (link: Json, members: object): Promise<Json> => {
  const answer = await put(link, members);
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return answer.body;
};
const read = async (id: string): Promise<Json> => (await shop.get(`${LINKS}/${id}`)).body;
const product = async (members: object = {}): Promise<Json> =>
  (await shop.post('/api/v0/products', { name: 'Tee', description: 'Cotton', price: 20, currency: 'USD', ...members }))
    .body;
const tax = async (members: object = {}): Promise<Json> =>
  (await shop.post('/api/v0/taxes', { name: 'VAT', percentage: 19, ...members })).body;
const customer = async (): Promise<Json> =>
  (
    await shop.post('/api/v0/customers', {
      first_name: 'Ada',
      last_name: 'Lovelace',
      phone_number: '+14155550100',
      email: `ada-${slug()}@example.com`,
    })
  ).body;

describe('a new payment link', () => {
  it('is answered with exactly the members of the published answer', async () => {
    const answer = await shop.post(LINKS, {
      title: 'Premium Subscription',
      url: 'premium',
      linkType: 'PRODUCT',
      amount: 29.99,
    });
    expect(answer.status).toBe(201);
    expect(answer.text).toContain('"amount":29.99,');
    expect(Object.entries(answer.body)).toEqual(
      Object.entries({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        title: 'Premium Subscription',
        url: expect.stringMatching(new RegExp(`^${app.url}/p/[a-z0-9-]+/premium$`)),
        description: null,
        coverImage: null,
        linkType: 'PRODUCT',
        status: 'ACTIVE',
        amount: 29.99,
        paymentForId: null,
        currency: 'usdc',
        allowQuantityAdjustment: true,
        allowMobilePayment: false,
        collectTax: false,
        collectAddress: false,
        limitPayments: false,
        maxPayments: null,
        customFields: null,
        paymentLinkProducts: [],
        isForAllProduct: false,
        appId: merchantId,
        customerId: null,
        taxId: null,
        expiration_date: null,
        createdAt: clock.now().toISOString(),
        updatedAt: clock.now().toISOString(),
      }),
    );
  });

  it('needs title, url and linkType, which have no default, and says so at once', async () => {
    expect(await refusal({})).toEqual(expect.arrayContaining(['title is required', 'url is required']));
    expect((await refusal({})).filter((text) => text.startsWith('linkType'))).toHaveLength(1);
  });

  it('several faults are all told, of shape, of meaning and of what does not exist', async () => {
    const told = await refusal({
      title: 'ab',
      url: 'no blanks',
      linkType: 'DONATION',
      amount: 0.001,
      description: 'x'.repeat(501),
      coverImage: 'http://example.com/a.jpg',
      collectTax: true,
      limitPayments: true,
      maxPayments: 0,
      expiration_date: '2001-01-01T00:00:00Z',
      customerId: NOBODYS,
      customFields: { size: 5 },
      isForAllProduct: true,
      allowMobilePayment: 'yes',
      currency: 'xlm',
    });
    expect([told.length, new Set(told.map((each) => each.split(' ', 1)[0]))]).toEqual([
      13,
      new Set([
        'title',
        'url',
        'amount',
        'description',
        'coverImage',
        'taxId',
        'maxPayments',
        'expiration_date',
        'customerId',
        'customFields.size',
        'isForAllProduct',
        'allowMobilePayment',
        'currency',
      ]),
    ]);
  });
});

describe('title', () => {
  it.each([['abc'], ['x'.repeat(100)]])('of 3 to 100 characters is kept: %s', async (title) => {
    expect((await made(donation({ title }))).title).toBe(title);
  });

  it.each([['ab'], ['x'.repeat(101)], [''], ['   '], [7]])('%j is refused', async (title) => {
    expect(await refusal(donation({ title }))).toEqual([expect.stringMatching(/^title /)]);
  });
});

describe('url', () => {
  it('in is a slug, out is the full checkout URL', async () => {
    expect((await made(donation({ url: 'a/Slug_with.all-9' }))).url).toMatch(/\/p\/[a-z0-9-]+\/a\/Slug_with\.all-9$/);
  });

  it('may be a URL, of which the last segment is taken', async () => {
    expect((await made(donation({ url: 'https://checkout.example.com/summer/sale-2030?x=1' }))).url).toMatch(
      /\/sale-2030$/,
    );
  });

  it.each([[''], ['two words'], ['ä'], ['a?b'], ['..'], ['/'], ['https://example.com/'], ['x'.repeat(101)]])(
    '%j is refused',
    async (url) => {
      expect(await refusal(donation({ url }))).toEqual([expect.stringMatching(/^url must be /)]);
    },
  );

  it('is unique in the account: another link with it is 409, of another merchant it is not', async () => {
    const url = slug();
    await made(donation({ url }));
    const again = await shop.post(LINKS, donation({ url }));
    expect(again.body).toEqual({ statusCode: 409, message: expect.stringContaining(url), error: 'Conflict' });
    expect((await other.post(LINKS, donation({ url }))).status).toBe(201);
  });

  it('of many that want it at once exactly one gets it', async () => {
    const url = slug();
    const answers = await Promise.all(Array.from({ length: 12 }, () => shop.post(LINKS, donation({ url }))));
    const counted = (wanted: number): number => answers.filter(({ status }) => status === wanted).length;
    expect([counted(201), counted(409)]).toEqual([1, 11]);
  });
});

describe('linkType', () => {
  it('PRODUCT and DONATION are read back', async () => {
    expect((await made(priced())).linkType).toBe('PRODUCT');
    expect((await made(donation())).linkType).toBe('DONATION');
  });

  it('COLLECTION is a donation, and is told as one', async () => {
    expect((await made(donation({ linkType: 'COLLECTION' }))).linkType).toBe('DONATION');
  });

  it('INVOICE is paid once, and needs an amount', async () => {
    const link = await made(donation({ linkType: 'INVOICE', amount: 5 }));
    expect(link).toMatchObject({
      linkType: 'INVOICE',
      limitPayments: true,
      maxPayments: 1,
      allowQuantityAdjustment: true,
    });
    expect(await refusal(donation({ linkType: 'INVOICE' }))).toEqual([expect.stringMatching(/^amount is required/)]);
    expect(await refusal(donation({ linkType: 'INVOICE', amount: 5, limitPayments: true, maxPayments: 2 }))).toEqual([
      expect.stringMatching(/^maxPayments must be 1/),
    ]);
  });

  it('SUBSCRIPTION needs an amount and asks for it again and again', async () => {
    expect(await refusal(donation({ linkType: 'SUBSCRIPTION', recurringType: 'ONE_TIME' }))).toEqual([
      expect.stringMatching(/^amount is required for a SUBSCRIPTION/),
      expect.stringMatching(/^recurringType must be DAILY, WEEKLY, MONTHLY or YEARLY/),
    ]);
  });

  it.each([
    ['DAILY', 'day'],
    ['WEEKLY', 'week'],
    ['MONTHLY', 'month'],
    ['YEARLY', 'year'],
    [undefined, 'month'],
  ])('SUBSCRIPTION recurs %s, and is the same in the other families', async (recurringType, interval) => {
    const link = await made(
      donation({
        linkType: 'SUBSCRIPTION',
        amount: 12.5,
        recurringType,
        collectAddress: true,
        limitPayments: true,
        maxPayments: 3,
      }),
    );
    expect(await read(link.id)).toMatchObject({
      linkType: 'SUBSCRIPTION',
      recurringType: recurringType ?? 'MONTHLY',
      amount: 12.5,
      maxPayments: 3,
      status: 'ACTIVE',
    });
    const [row] = await app.sql<{ publicId: string; recurrence: Json }>(
      'select public_id as "publicId", recurrence from payment_links where id = $1',
      [link.id],
    );
    expect(row?.recurrence).toMatchObject({ interval, intervalCount: 1, billingCycles: null });
    const page = await app.client.get(new URL(link.url).pathname);
    expect([page.status, page.text.includes('cancel at any time'), page.text.includes('name="street"')]).toEqual([
      200,
      true,
      true,
    ]);
    const address = { street: '1 Sea Road', city: 'Harbour', postalCode: '12345', country: 'Germany' };
    const enrol = (body: object): Promise<Answer> =>
      app.client.post(`/checkout/${row?.publicId}/subscription`, { asset: 'USDC', email: 'ada@example.com', ...body });
    expect((await enrol({})).status).toBe(422);
    const begun = await enrol({ address });
    expect([begun.status, begun.body]).toEqual([
      200,
      {
        publicId: expect.any(String),
        portalUrl: expect.stringContaining('/s/'),
        url: expect.stringContaining('/pay/'),
      },
    ]);
    expect((await changed(link, { recurringType: recurringType ?? 'MONTHLY', title: 'Club' })).title).toBe('Club');
    expect((await put(link, { recurringType: interval === 'day' ? 'YEARLY' : 'DAILY' })).status).toBe(400);
  });

  it('anything else is refused', async () => {
    expect(await refusal(donation({ linkType: 'GIFT' }))).toEqual([expect.stringMatching(/^linkType /)]);
  });

  it.each(['DONATION', 'INVOICE'])('%s sells no products', async (linkType) => {
    const { id } = await product();
    expect(
      await refusal(donation({ linkType, amount: 5, paymentLinkProducts: [{ productId: id }], isForAllProduct: true })),
    ).toEqual([
      `paymentLinkProducts belong to links of the type PRODUCT, not ${linkType}`,
      `isForAllProduct belongs to links of the type PRODUCT, not ${linkType}`,
    ]);
  });

  it('recurringType is known and says nothing of what is paid once', async () => {
    expect(await made(donation({ recurringType: 'ONE_TIME' }))).not.toHaveProperty('recurringType');
    expect(await refusal(donation({ recurringType: 'HOURLY' }))).toEqual([expect.stringMatching(/^recurringType /)]);
  });
});

describe('allowQuantityAdjustment, allowMobilePayment and currency', () => {
  it('have the published defaults', async () => {
    expect(await made(priced())).toMatchObject({
      allowQuantityAdjustment: true,
      allowMobilePayment: false,
      currency: 'usdc',
    });
  });

  it.each([true, false])('%j is kept', async (value) => {
    const told = await made(priced({ allowQuantityAdjustment: value, allowMobilePayment: value }));
    expect([told.allowQuantityAdjustment, told.allowMobilePayment]).toEqual([value, value]);
    const [row] = await app.sql('select max_quantity, adjusts_quantity, shows_codes from payment_links where id = $1', [
      told.id,
    ]);
    expect(row).toEqual({ max_quantity: value ? 1000 : null, adjusts_quantity: value, shows_codes: value });
  });

  it('are told as they were said, also where there is nothing to count', async () => {
    for (const value of [true, false])
      expect((await made(donation({ allowQuantityAdjustment: value }))).allowQuantityAdjustment).toBe(value);
  });

  it.each(['usdc', 'eurc'])('currency %s is what is charged', async (currency) => {
    const link = await made(priced({ currency }));
    expect(link.currency).toBe(currency);
    const [row] = await app.sql<{ currency: string }>('select currency from payment_links where id = $1', [link.id]);
    expect(row?.currency).toBe(currency.toUpperCase());
  });

  it.each(['USDC', 'usd', 'xlm', 5])('currency %j is refused', async (currency) => {
    expect(await refusal(priced({ currency }))).toEqual([expect.stringMatching(/^currency /)]);
  });
});

describe('description, coverImage and paymentForId', () => {
  it('are kept as they are, Markdown too', async () => {
    const members = {
      description: '**Bold** [link](https://example.com)\n- one',
      coverImage: 'https://example.com/images/premium-subscription.jpg',
      paymentForId: 'sub_123456789',
    };
    expect(await made(priced(members))).toMatchObject(members);
    expect((await made(priced({ description: 'x'.repeat(500) }))).description).toHaveLength(500);
  });

  it.each([
    ['description', 'x'.repeat(501)],
    ['description', 5],
    ['coverImage', 'http://example.com/a.jpg'],
    ['coverImage', 'https://localhost/a.jpg'],
    ['coverImage', 'javascript:alert(1)'],
    ['coverImage', `https://example.com/${'x'.repeat(2000)}`],
    ['paymentForId', ''],
    ['paymentForId', 'x'.repeat(256)],
  ])('%s %j is refused', async (name, value) => {
    expect(await refusal(priced({ [name]: value }))).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
  });
});

describe('amount', () => {
  it.each([
    ['0.01', '0.01'],
    ['29.99', '29.99'],
    ['"29.990"', '29.99'],
    ['100.1234567', '100.1234567'],
    ['12345.6789012', '12345.6789012'],
    ['"100000"', '100000'],
    ['100', '100'],
  ])('%s is told as the number %s, digit by digit', async (sent, told) => {
    const body = JSON.stringify(priced({ amount: 'HERE' })).replace('"HERE"', sent);
    const { status, text } = await shop.send('POST', LINKS, body);
    expect([status, /"amount":([^,]+)/.exec(text)?.[1]]).toEqual([201, told]);
  });

  it.each(['0', '0.009', '-1', '"x"', '1e2', '0.12345678', 'true', '100000.0000001', '[5]'])(
    '%s is refused',
    async (sent) => {
      const body = JSON.stringify(priced({ amount: 'HERE' })).replace('"HERE"', sent);
      const answer = await shop.send('POST', LINKS, body);
      expect([answer.status, answer.body.message]).toEqual([400, [expect.stringMatching(/^amount must be /)]]);
    },
  );

  it('with tax on top must be payable as well', async () => {
    const { id } = await tax({ percentage: 100 });
    expect(await refusal(priced({ amount: 60_000, collectTax: true, taxId: id }))).toEqual([
      expect.stringMatching(/^amount together with tax /),
    ]);
  });
});

describe('a donation without an amount', () => {
  it('is open from 0.01 to what one payment may be worth', async () => {
    expect(await made(donation())).toMatchObject({
      amount: null,
      minAmount: 0.01,
      maxAmount: 100_000,
      presetAmounts: [],
    });
  });

  it('has the bounds and presets that are said', async () => {
    const members = { minAmount: 1, maxAmount: 50.5, presetAmounts: [5, 10.25, 20] };
    const link = await made(donation(members));
    expect(link).toMatchObject(members);
    expect(await changed(link, { presetAmounts: [7, 7], maxAmount: null })).toMatchObject({
      minAmount: 1,
      maxAmount: 100_000,
      presetAmounts: [7],
    });
  });

  it.each([
    [{ minAmount: 5, maxAmount: 4 }, 'minAmount must not be above maxAmount'],
    [{ minAmount: 5, presetAmounts: [4] }, 'presetAmounts must lie between minAmount and maxAmount'],
    [
      { minAmount: 0.001 },
      'minAmount must be a decimal from 0.01 to 922337203685.4775807 with at most 7 decimals, without exponent',
    ],
    [{ maxAmount: 100_001 }, 'maxAmount must be at most 100000 usdc'],
    [{ amount: 5, minAmount: 1 }, 'minAmount belongs to donations without an amount: the payer says it'],
  ])('%j is refused', async (members, message) => {
    expect(await refusal(donation(members))).toEqual([message]);
  });

  it('with an amount it is fixed, and may be opened and fixed again', async () => {
    const link = await made(donation({ amount: 5 }));
    expect(link).toMatchObject({ amount: 5 });
    expect(link).not.toHaveProperty('minAmount');
    expect(await changed(link, { amount: null })).toMatchObject({ amount: null, minAmount: 0.01 });
    expect(await changed(link, { amount: '7.5' })).toMatchObject({ amount: 7.5 });
  });
});

describe('paymentLinkProducts', () => {
  it('are told with their quantity, which is 1 where it is left out, and spelled out where one link is read', async () => {
    const [tee, mug] = [await product(), await product({ name: 'Mug', price: '7.50' })];
    const link = await made(
      priced({ amount: undefined, paymentLinkProducts: [{ productId: tee.id, quantity: 2 }, { productId: mug.id }] }),
    );
    const lines = [
      { productId: tee.id, quantity: 2 },
      { productId: mug.id, quantity: 1 },
    ];
    expect(link).toMatchObject({ amount: null, paymentLinkProducts: lines });
    expect((await read(link.id)).paymentLinkProducts).toEqual([
      { ...lines[0], product: tee },
      { ...lines[1], product: mug },
    ]);
  });

  it('decide the price where there is an amount as well', async () => {
    const { id } = await product();
    expect((await made(priced({ amount: 5, paymentLinkProducts: [{ productId: id }] }))).amount).toBeNull();
  });

  it('a PRODUCT needs a price: products, all of them, or an amount', async () => {
    expect(await refusal(priced({ amount: undefined }))).toEqual([
      expect.stringMatching(/^paymentLinkProducts must name /),
    ]);
    expect((await made(priced({ amount: undefined, isForAllProduct: true }))).isForAllProduct).toBe(true);
  });

  it('and isForAllProduct exclude each other', async () => {
    const { id } = await product();
    expect(await refusal(priced({ paymentLinkProducts: [{ productId: id }], isForAllProduct: true }))).toEqual([
      expect.stringMatching(/^isForAllProduct must be false/),
    ]);
  });

  it('every fault of every line is told with its place', async () => {
    const [tee, gone, yen] = [
      await product(),
      await product({ name: 'Old' }),
      await product({ currency: 'JPY', price: 2000 }),
    ];
    await app.sql("update products set status = 'archived' where id = $1", [gone.id]);
    const foreign = (await other.post('/api/v0/products', { name: 'x', description: 'x', price: 1 })).body;
    const told = await refusal(
      priced({
        paymentLinkProducts: [tee, tee, gone, foreign, { id: NOBODYS }, { id: 'x' }, yen].map(({ id }) => ({
          productId: id,
        })),
      }),
    );
    expect(told).toEqual([
      'paymentLinkProducts.1.productId must not be named twice: use its quantity',
      `paymentLinkProducts.2.productId ${gone.id} is not sold any more`,
      `paymentLinkProducts.3.productId "${foreign.id}" does not exist`,
      `paymentLinkProducts.4.productId "${NOBODYS}" does not exist`,
      'paymentLinkProducts.5.productId "x" does not exist',
      'paymentLinkProducts.6.productId is priced in JPY, for which this service has no rate: products that are sold in usdc are priced in USD, EUR, USDC',
    ]);
  });

  it.each([
    [[{ productId: NOBODYS, quantity: 0 }], 'paymentLinkProducts.0.quantity'],
    [[{ productId: NOBODYS, quantity: 1001 }], 'paymentLinkProducts.0.quantity'],
    [[{ productId: NOBODYS, quantity: 1.5 }], 'paymentLinkProducts.0.quantity'],
    [[{ quantity: 1 }], 'paymentLinkProducts.0.productId'],
    ['x', 'paymentLinkProducts'],
    [Array.from({ length: 51 }, () => ({ productId: NOBODYS })), 'paymentLinkProducts'],
  ])('%j is refused', async (paymentLinkProducts, path) => {
    expect((await refusal(priced({ paymentLinkProducts })))[0]).toMatch(new RegExp(`^${path} `));
  });

  it('a euro product has no par in usdc and is taken all the same: its price is asked for when somebody pays', async () => {
    const { id } = await product({ currency: 'EUR' });
    expect(
      (await made(priced({ amount: undefined, paymentLinkProducts: [{ productId: id }] }))).paymentLinkProducts,
    ).toHaveLength(1);
  });
});

describe('collectTax and taxId', () => {
  it('are kept, and the tax is spelled out where one link is read', async () => {
    const vat = await tax();
    const link = await made(priced({ collectTax: true, taxId: vat.id }));
    expect([link.collectTax, link.taxId]).toEqual([true, vat.id]);
    expect((await read(link.id)).tax).toEqual(vat);
    expect((await read((await made(priced())).id)).tax).toBeNull();
  });

  it('true without taxId is refused', async () => {
    expect(await refusal(priced({ collectTax: true }))).toEqual([expect.stringMatching(/^taxId is required/)]);
  });

  it('false with a taxId takes none', async () => {
    const vat = await tax();
    const link = await made(priced({ collectTax: false, taxId: vat.id }));
    expect([link.collectTax, link.taxId]).toEqual([false, vat.id]);
  });

  it('a tax that is switched off, of another merchant or of nobody is refused on a new link, and stays on an old one', async () => {
    const vat = await tax();
    const link = await made(priced({ collectTax: true, taxId: vat.id }));
    await shop.send('PUT', `/api/v0/taxes/${vat.id}`, { active: false });
    const foreign = (await other.post('/api/v0/taxes', { name: 'VAT', percentage: 19 })).body;
    expect(await refusal(priced({ collectTax: true, taxId: vat.id }))).toEqual([`taxId ${vat.id} is switched off`]);
    for (const taxId of [foreign.id, NOBODYS, 'x'])
      expect(await refusal(priced({ collectTax: true, taxId }))).toEqual([`taxId "${taxId}" does not exist`]);
    expect((await changed(link, { title: 'Renamed' })).taxId).toBe(vat.id);
  });
});

describe('customerId', () => {
  it('is an existing customer, who is not erased', async () => {
    const ada = await customer();
    expect((await made(priced({ customerId: ada.id }))).customerId).toBe(ada.id);
    expect((await made(priced({ customerId: ada.id.toUpperCase() }))).customerId).toBe(ada.id);
    await (await app.partner(merchantId)).command(`customers/${ada.id}/erasure`);
    expect(await refusal(priced({ customerId: ada.id }))).toEqual([`customerId ${ada.id} is erased`]);
    for (const customerId of [NOBODYS, 'x', '../x'])
      expect(await refusal(priced({ customerId }))).toEqual([`customerId "${customerId}" does not exist`]);
  });
});

describe('collectAddress, limitPayments, maxPayments and customFields', () => {
  it('are kept', async () => {
    const members = {
      collectAddress: true,
      limitPayments: true,
      maxPayments: 100,
      customFields: { zebra: 'value1', customField1: 'value2' },
    };
    const link = await made(priced(members));
    expect(link).toMatchObject(members);
    expect(Object.keys(link.customFields)).toEqual(['zebra', 'customField1']);
  });

  it('limitPayments true without maxPayments is refused; a number with false is no limit', async () => {
    expect(await refusal(priced({ limitPayments: true }))).toEqual([expect.stringMatching(/^maxPayments is required/)]);
    expect(await made(priced({ limitPayments: false, maxPayments: 5 }))).toMatchObject({
      limitPayments: false,
      maxPayments: null,
    });
  });

  it.each([0, -1, 1.5, 1_000_001, '5'])('maxPayments %j is refused', async (maxPayments) => {
    expect(await refusal(priced({ limitPayments: true, maxPayments }))).toEqual([
      expect.stringMatching(/^maxPayments /),
    ]);
  });

  it.each([
    [{ a: 5 }, 'customFields.a must be'],
    [{ a: '' }, 'customFields.a must be'],
    [{ a: 'x'.repeat(201) }, 'customFields.a must be'],
    [{ ['x'.repeat(101)]: 'a' }, 'customFields must have names'],
    [{ '': 'a' }, 'customFields must have names'],
    [
      Object.fromEntries(Array.from({ length: 21 }, (_none, at) => [`k${at}`, 'a'])),
      'customFields must have at most 20 members',
    ],
    [{ a: 'x'.repeat(20_001) }, 'customFields must have at most 20000 characters'],
    ['x', 'customFields must be'],
    [['x'], 'customFields must be'],
  ])('customFields %j is refused', async (customFields, message) => {
    const [told, ...rest] = await refusal(priced({ customFields }));
    expect([told?.slice(0, message.length), rest]).toEqual([message, []]);
  });
});

describe('expiration_date', () => {
  it('is an ISO 8601 instant in the future, or nothing', async () => {
    const end = inDays(30);
    expect((await made(priced({ expiration_date: end }))).expiration_date).toBe(end);
    expect((await made(priced({ expiration_date: null }))).expiration_date).toBeNull();
  });

  it.each([['2001-01-01T00:00:00Z'], ['2031-02-30T00:00:00Z'], ['tomorrow'], [5]])(
    '%j is refused',
    async (expiration_date) => {
      expect(await refusal(priced({ expiration_date }))).toEqual([expect.stringMatching(/^expiration_date /)]);
    },
  );

  it('an end far ahead is kept: a link may have none', async () => {
    expect((await made(priced({ expiration_date: inDays(2000) }))).expiration_date).toBe(inDays(2000));
  });
});

describe('E05: members that the server decides or does not have', () => {
  it.each(['id', 'status', 'createdAt', 'updatedAt'])('%s is refused on a new link', async (name) => {
    expect(await refusal(priced({ [name]: 'ACTIVE' }))).toEqual([
      `${name} is decided by the server and must not be sent`,
    ]);
  });

  it.each([
    ['walletId', 'w'],
    ['requirePhoneNumber', true],
    ['allowBusinessTaxId', true],
    ['allowCryptoPayment', false],
    ['confirmationPage', 'Thanks'],
    ['createInvoicePdf', true],
  ])('%s %j would promise what is not done, and is refused', async (name, value) => {
    expect(await refusal(priced({ [name]: value }))).toEqual([
      expect.stringMatching(new RegExp(`^${name} (is not offered|cannot be)`)),
    ]);
  });

  it('what promises nothing is let through, and so is what nobody knows', async () => {
    const members = {
      requirePhoneNumber: false,
      allowBusinessTaxId: false,
      allowCryptoPayment: true,
      createInvoicePdf: false,
    };
    expect(await made(priced({ ...members, walletId: null, utm: 'x' }))).not.toHaveProperty('utm');
  });
});
