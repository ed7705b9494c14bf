import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Memo, Operation } from '@stellar/stellar-sdk';
import { eventually } from '../support/app';
import { audited } from '../support/audited';
import { ManualClock } from '../support/manual-clock';
import { SeedShop } from './seed-002-journey';

/** Every member of a new payment link, from the request to the books: what it does to what a payer sees, is asked and pays. */

/** As the published description has them, in its order; those of a product in the link among them. */
const MEMBERS = [
  'title',
  'url',
  'linkType',
  'allowQuantityAdjustment',
  'allowMobilePayment',
  'currency',
  'description',
  'coverImage',
  'amount',
  'paymentForId',
  'customerId',
  'paymentLinkProducts',
  'productId',
  'quantity',
  'isForAllProduct',
  'collectTax',
  'taxId',
  'collectAddress',
  'limitPayments',
  'maxPayments',
  'customFields',
  'expiration_date',
] as const;
type Member = (typeof MEMBERS)[number];
/** What this service knows besides, and what it knows to refuse. */
const MORE = [
  'minAmount',
  'maxAmount',
  'presetAmounts',
  'recurringType',
  'walletId',
  'requirePhoneNumber',
  'allowBusinessTaxId',
  'allowCryptoPayment',
  'confirmationPage',
  'createInvoicePdf',
];
const ADDRESS = { street: '1 Sea Road', city: 'Harbour', postalCode: '12345', country: 'Germany' };

const clock = new ManualClock();
let seed: SeedShop;
beforeAll(async () => {
  seed = await SeedShop.start(clock);
});
afterAll(async () => {
  const { breaches } = await audited(seed.app.databaseUrl, { networks: [], clock });
  await seed.stop();
  expect(breaches).toEqual([]);
});

const tested = new Set<Member>();
/** A test that carries the name of a member. */
function member(name: Member, sentence: string, proof: () => Promise<void>): void {
  tested.add(name);
  it(`${name}: ${sentence}`, proof);
}

describe('the table of members', () => {
  it('has a test for each, and is what the service describes', () => {
    expect(MEMBERS.filter((name) => !tested.has(name))).toEqual([]);
    const file = readFileSync(path.join(__dirname, '../../openapi.merchant.json'), 'utf8');
    const { paths } = JSON.parse(file);
    const { schema } = paths['/payment-links'].post.requestBody.content['application/json'];
    const line = schema.properties.paymentLinkProducts.items;
    const known = [...Object.keys(schema.properties), ...Object.keys(line.properties)];
    expect(known.toSorted()).toEqual([...MEMBERS, ...MORE].toSorted());
  });
});

describe('what a payer sees', () => {
  member('title', 'stands on both pages, on the invoice and in events', async () => {
    const { page, payPage, paidPage, invoice, owned, open, told, link } = await seed.sell(
      await seed.make({ title: 'Tea & "Cake"' }),
    );
    for (const text of [page, payPage, paidPage]) expect(text).toContain('Tea &amp; &quot;Cake&quot;');
    expect([invoice.title, owned.title, open.title, told.title, link.title]).toEqual(
      Array.from({ length: 5 }, () => 'Tea & "Cake"'),
    );
  });

  member('url', 'in is the slug, out is the address where a payer pays', async () => {
    const link = await seed.make({ url: 'https://shop.example/offers/premium-subscription' });
    expect(new URL(link.url).pathname).toMatch(/^\/p\/[a-z0-9-]+\/premium-subscription$/);
    const { invoice } = await seed.sell(link);
    expect([invoice.status, seed.linkEvents(link)]).toEqual([
      'PAID',
      expect.arrayContaining(['payment_link.created', 'payment_link.paid']),
    ]);
    const again = await seed.create({ url: 'premium-subscription' });
    expect([again.status, again.body.error]).toEqual([409, 'Conflict']);
  });

  member('description', 'is Markdown on the page and plain words on the invoice', async () => {
    const { page, invoice, open } = await seed.sell(
      await seed.make({ description: 'Get **everything**\n\n- <b>one</b>\n- [two](https://example.com/two)' }),
    );
    expect(page).toContain('<strong>everything</strong>');
    expect(page).toContain('&lt;b&gt;one&lt;/b&gt;');
    expect(page).toContain('href="https://example.com/two"');
    for (const text of [invoice.description, open.description]) {
      expect(text).toContain('everything');
      expect(text).not.toContain('**');
    }
  });

  member('coverImage', 'is shown by the browser, which may load images of that host and no other', async () => {
    const link = await seed.make({ coverImage: 'https://example.com/images/premium.jpg' });
    const { text, headers } = await seed.visit(link.url);
    expect(text).toContain('src="https://example.com/images/premium.jpg"');
    expect(headers.get('content-security-policy')).toMatch(/img-src 'self' data: https:\/\/example\.com;/);
    expect((await seed.sell(link)).link.coverImage).toBe('https://example.com/images/premium.jpg');
    const plain = await seed.visit((await seed.make()).url);
    expect(plain.headers.get('content-security-policy')).not.toContain('example.com');
  });

  member('allowMobilePayment', 'shows a QR code and an address for wallet apps, and false neither', async () => {
    const shown = async (allowMobilePayment: boolean): Promise<boolean[]> => {
      const { payPage } = await seed.sell(await seed.make({ allowMobilePayment }));
      return [payPage.includes('qr.svg'), payPage.includes('web+stellar:'), payPage.includes('Memo')];
    };
    expect(await shown(true)).toEqual([true, true, true]);
    expect(await shown(false)).toEqual([false, false, true]);
  });
});

describe('what a payer pays', () => {
  member('linkType', 'PRODUCT has a price, DONATION takes what is given, SUBSCRIPTION asks again', async () => {
    const product = await seed.sell(await seed.make({ linkType: 'PRODUCT', amount: 29.99 }));
    expect([product.invoice.amount, product.page.includes('name="amount"')]).toEqual(['29.99', false]);
    const gift = await seed.make({ linkType: 'DONATION', amount: null });
    const donation = await seed.sell(gift, { amount: '7.5' });
    expect([donation.invoice.amount, donation.page.includes('name="amount"')]).toEqual(['7.50', true]);
    const club = await seed.make({ linkType: 'SUBSCRIPTION', amount: 12 });
    const subscription = await seed.sell(club, { email: 'ada@example.com' });
    expect([subscription.invoice.amount, subscription.page.includes('every month')]).toEqual(['12.00', true]);
    const { body } = await seed.shop.partner.get('subscriptions');
    expect(body.data.map(({ attributes }: { attributes: { status: string } }) => attributes.status)).toEqual([
      'active',
    ]);
    const unknown = await seed.create({ linkType: 'LOTTERY' });
    expect([unknown.status, unknown.body.message]).toEqual([400, [expect.stringContaining('linkType')]]);
  });

  member('linkType', 'INVOICE is paid once, and COLLECTION is a donation', async () => {
    const bill = await seed.make({ linkType: 'INVOICE', amount: 40 });
    const { link } = await seed.sell(bill);
    expect([link.status, (await seed.visit(bill.url)).text.includes('name="asset"')]).toEqual(['INACTIVE', false]);
    expect((await seed.make({ linkType: 'COLLECTION', amount: null })).linkType).toBe('DONATION');
  });

  member('amount', 'is what is paid, to the last digit', async () => {
    const { page, payPage, invoice, line, link, statistics } = await seed.sell(await seed.make({ amount: 29.99 }));
    expect([page.includes('29.99'), payPage.includes('29.99'), invoice.amount, line['received'], link.amount]).toEqual([
      true,
      true,
      '29.99',
      '29.99',
      29.99,
    ]);
    expect(statistics.totals.received).toMatchObject([{ currency: 'usdc', amount: 29.99 }]);
    expect((await seed.sell(await seed.make({ amount: '0.0100001' }))).invoice.amount).toBe('0.0100001');
    const cent = await seed.visit((await seed.make({ amount: 0.01 })).url);
    expect(cent.text).toMatch(/name="quantity"[^>]* min="1"/);
    expect((await seed.create({ amount: 0.009 })).status).toBe(400);
  });

  member('amount', 'beside products says nothing: it is told as null, and the products are paid', async () => {
    const productId = await seed.product({ price: 12 });
    const link = await seed.make({ amount: 29.99, paymentLinkProducts: [{ productId }] });
    expect(link.amount).toBeNull();
    expect((await seed.sell(link)).invoice.amount).toBe('12.00');
  });

  member('currency', 'is the asset that is paid, usdc where nothing is said', async () => {
    const [dollars, euros] = [await seed.make(), await seed.make({ currency: 'eurc' })];
    expect([dollars.currency, euros.currency]).toEqual(['usdc', 'eurc']);
    const [one, other] = [await seed.sell(dollars), await seed.sell(euros)];
    expect([one.invoice.currency, one.line['asset_code']]).toEqual(['USDC', 'USDC']);
    expect([other.invoice.currency, other.line['asset_code'], other.page.includes('EURC')]).toEqual([
      'EURC',
      'EURC',
      true,
    ]);
    expect(other.statistics.totals.received).toMatchObject([{ currency: 'eurc', amount: 29.99 }]);
  });

  member('paymentLinkProducts', 'are the lines of the invoice, and their sum its price', async () => {
    const [tee, cap] = [await seed.product(), await seed.product({ name: 'Cap', price: 7.5 })];
    const { page, invoice, owned, open, line } = await seed.sell(
      await seed.make({
        paymentLinkProducts: [
          { productId: tee, quantity: 2 },
          { productId: cap, quantity: 1 },
        ],
      }),
    );
    for (const name of ['Tee', 'Cap']) expect(page).toContain(name);
    const told = [
      ['Tee', '2', '20.00', '40.00'],
      ['Cap', '1', '7.50', '7.50'],
    ];
    for (const lines of [invoice.lines, owned.lineItems, open.items])
      expect(
        lines.map((each: Record<string, string>) => [
          each['description'],
          each['quantity'],
          each['rate'],
          each['amount'],
        ]),
      ).toEqual(told);
    expect([invoice.amount, line['net']]).toEqual(['47.50', '47.50']);
  });

  member('productId', 'is a product of this shop, which may be archived later: its line closes', async () => {
    const [tee, cap] = [await seed.product(), await seed.product({ name: 'Cap', price: 7.5 })];
    const link = await seed.make({ paymentLinkProducts: [{ productId: tee }, { productId: cap }] });
    expect((await seed.client.send('PUT', `/api/v0/products/${tee}`, { status: 'ARCHIVED' })).status).toBe(200);
    const { page, invoice } = await seed.sell(link);
    expect([page.includes('Not sold any more'), invoice.amount, invoice.lines.length]).toEqual([true, '7.50', 1]);
    expect((await seed.client.delete(`/api/v0/products/${cap}`)).status).toBe(409);
    const refused = await seed.create({ paymentLinkProducts: [{ productId: '01890000-0000-7000-8000-000000000000' }] });
    expect([refused.status, refused.body.message]).toEqual([400, [expect.stringMatching(/productId.*does not exist/)]]);
  });

  member('quantity', 'of a product is 1 where it is left out, and what the payer starts from', async () => {
    const productId = await seed.product();
    const fixed = { allowQuantityAdjustment: false };
    const one = await seed.make({ ...fixed, paymentLinkProducts: [{ productId }] });
    const three = await seed.make({ ...fixed, paymentLinkProducts: [{ productId, quantity: 3 }] });
    expect([one.paymentLinkProducts[0].quantity, (await seed.sell(one)).invoice.amount]).toEqual([1, '20.00']);
    expect((await seed.sell(three)).invoice.lines).toMatchObject([{ quantity: '3', amount: '60.00' }]);
    const counted = await seed.visit((await seed.make({ paymentLinkProducts: [{ productId, quantity: 3 }] })).url);
    expect(counted.text).toMatch(new RegExp(`name="take-${productId}"[^>]* value="3"`));
    expect((await seed.create({ paymentLinkProducts: [{ productId, quantity: 0 }] })).status).toBe(400);
  });

  member('allowQuantityAdjustment', 'lets the payer say how many; false refuses a forged number', async () => {
    const productId = await seed.product();
    const goods = { paymentLinkProducts: [{ productId, quantity: 2 }] };
    const take = `take-${productId}`;
    const many = await seed.sell(await seed.make(goods), { [take]: '5' });
    expect([many.invoice.amount, many.line['total']]).toEqual(['100.00', '100.00']);
    const link = await seed.make({ ...goods, allowQuantityAdjustment: false });
    const page = await seed.visit(link.url);
    expect(page.text).not.toContain(`name="${take}"`);
    expect((await seed.fill(page, { [take]: '1' })).status).toBe(422);
    expect((await seed.sell(link)).invoice.amount).toBe('40.00');
    const priced = await seed.sell(await seed.make({ amount: 5 }), { quantity: '3' });
    expect([priced.invoice.amount, priced.link.allowQuantityAdjustment]).toEqual(['15.00', true]);
  });

  member('isForAllProduct', 'lets the payer pick from everything on sale, and refuses an empty pick', async () => {
    const [mug, pen] = [await seed.product({ name: 'Mug', price: 9 }), await seed.product({ name: 'Pen', price: 2 })];
    const link = await seed.make({ isForAllProduct: true });
    const page = await seed.visit(link.url);
    expect((await seed.fill(page)).status).toBe(422);
    const { invoice } = await seed.sell(link, { [`take-${mug}`]: '1', [`take-${pen}`]: '4' });
    expect([invoice.amount, invoice.lines.map((each: { description: string }) => each.description).toSorted()]).toEqual(
      ['17.00', ['Mug', 'Pen']],
    );
  });

  member('collectTax', 'adds the tax; false takes none, whatever taxId says; true needs one', async () => {
    const taxId = await seed.tax();
    const taxed = await seed.sell(await seed.make({ amount: 10, collectTax: true, taxId }));
    expect([taxed.invoice.amount, taxed.invoice.taxAmount, taxed.line['tax_by_rate'], taxed.told.taxAmount]).toEqual([
      '12.50',
      '2.50',
      '25%: 2.50',
      '2.50',
    ]);
    expect(taxed.page).toContain('25');
    const free = await seed.sell(await seed.make({ amount: 10, collectTax: false, taxId }));
    expect([free.invoice.amount, free.line['tax'], free.link.taxId]).toEqual(['10.00', '0.00', taxId]);
    expect((await seed.create({ collectTax: true })).status).toBe(400);
  });

  member(
    'taxId',
    'is a tax of this shop, on top of the price or within it; a later change leaves the invoice',
    async () => {
      const taxId = await seed.tax({ inclusive: true });
      const link = await seed.make({ amount: 10, collectTax: true, taxId });
      const early = await seed.choose(link);
      expect((await seed.client.send('PUT', `/api/v0/taxes/${taxId}`, { percentage: 100 })).status).toBe(200);
      expect(await seed.invoice(early)).toMatchObject({ amount: '10.00', taxAmount: '2.00', subtotal: '8.00' });
      const late = await seed.sell(link);
      expect([late.invoice.amount, late.invoice.taxAmount, late.line['net'], late.line['tax']]).toEqual([
        '10.00',
        '5.00',
        '5.00',
        '5.00',
      ]);
      await seed.client.send('PUT', `/api/v0/taxes/${taxId}`, { active: false });
      expect((await seed.create({ collectTax: true, taxId })).status).toBe(400);
    },
  );
});

describe('what a payer is asked', () => {
  member('collectAddress', 'asks where to send it, and tells the shop alone', async () => {
    const link = await seed.make({ collectAddress: true });
    const page = await seed.visit(link.url);
    const refused = await seed.fill(page, { city: 'Harbour' });
    expect([refused.status, refused.text.includes('id="street-fault"')]).toEqual([422, true]);
    const { invoice, owned, publicText, told } = await seed.sell(link, ADDRESS);
    expect([invoice.payer.address, invoice.clientAddress, owned.clientAddress]).toEqual([
      ADDRESS,
      '1 Sea Road\n12345 Harbour\nGermany',
      '1 Sea Road\n12345 Harbour\nGermany',
    ]);
    expect([publicText.includes('Sea Road'), JSON.stringify(told).includes('Sea Road')]).toEqual([false, false]);
    expect((await seed.visit((await seed.make()).url)).text).not.toContain('name="street"');
  });

  member('customFields', 'are questions; the answers are on the invoice, in events and in the export', async () => {
    const customFields = { customField1: 'Which size?', customField2: 'Engraving' };
    const { page, invoice, told, line, link, publicText } = await seed.sell(await seed.make({ customFields }), {
      'answer-0': 'M',
      'answer-1': 'For Ada, with "love"',
    });
    for (const label of Object.values(customFields)) expect(page).toContain(label);
    const answers = { customField1: 'M', customField2: 'For Ada, with "love"' };
    expect([invoice.payer.customFields, told.customFields, line['answers'], link.customFields]).toEqual([
      answers,
      answers,
      'customField1: M; customField2: For Ada, with "love"',
      customFields,
    ]);
    expect(publicText).not.toContain('For Ada');
  });

  member('customerId', 'bills that customer, who is asked for no name', async () => {
    const customerId = await seed.customer();
    const { page, invoice, owned, line, publicText, link } = await seed.sell(await seed.make({ customerId }));
    expect(page).not.toContain('name="email"');
    expect([invoice.clientName, owned.clientName, line['customer'], link.customerId]).toEqual([
      'Grace Hopper',
      'Grace Hopper',
      'Grace Hopper',
      customerId,
    ]);
    expect([invoice.clientEmail, publicText.includes(invoice.clientEmail)]).toEqual([owned.clientEmail, false]);
    const asked = await seed.sell(await seed.make(), { name: 'Ada', email: 'ada@example.com' });
    expect([asked.page.includes('name="email"'), asked.invoice.clientEmail]).toEqual([true, 'ada@example.com']);
  });

  member('paymentForId', 'is the reference in the invoice, events and books, and never on a page', async () => {
    const { invoice, owned, told, line, link, publicText } = await seed.sell(
      await seed.make({ paymentForId: 'sub_123456789' }),
    );
    expect([invoice.reference, owned.reference, told.reference, line['reference'], link.paymentForId]).toEqual(
      Array.from({ length: 5 }, () => 'sub_123456789'),
    );
    expect(publicText).not.toContain('sub_123456789');
  });
});

describe('for how many, and for how long', () => {
  member('limitPayments', 'true closes the link when all are paid; it needs a number', async () => {
    const link = await seed.make({ limitPayments: true, maxPayments: 1, allowQuantityAdjustment: false });
    const { link: after } = await seed.sell(link);
    const closed = await seed.visit(link.url);
    expect([after.status, closed.text.includes('Completed'), closed.text.includes('name="asset"')]).toEqual([
      'INACTIVE',
      true,
      false,
    ]);
    const missing = await seed.create({ limitPayments: true });
    expect([missing.status, missing.body.message]).toEqual([400, [expect.stringContaining('maxPayments is required')]]);
  });

  member(
    'maxPayments',
    'is how many; the slot is taken with the invoice, and a higher number opens it again',
    async () => {
      const link = await seed.make({ limitPayments: true, maxPayments: 2, allowQuantityAdjustment: false });
      await seed.sell(link);
      await seed.choose(link);
      expect([(await seed.read(link)).status, (await seed.visit(link.url)).text.includes('Sold out')]).toEqual([
        'INACTIVE',
        true,
      ]);
      const { body } = await seed.client.send('PUT', `/api/v0/payment-links/${link.id}`, { maxPayments: 3 });
      expect([body.status, body.maxPayments]).toEqual(['ACTIVE', 3]);
      const { link: after, statistics } = await seed.sell(link);
      expect([after.status, statistics.totals.paid, statistics.totals.chosen]).toEqual(['INACTIVE', 2, 3]);
    },
  );

  member('maxPayments', 'with limitPayments false is no limit: it is told as null, and any number pay', async () => {
    const link = await seed.make({ limitPayments: false, maxPayments: 1, allowQuantityAdjustment: false });
    expect([link.limitPayments, link.maxPayments]).toEqual([false, null]);
    await seed.sell(link);
    const { link: after, statistics } = await seed.sell(link);
    expect([after.status, statistics.totals.paid]).toEqual(['ACTIVE', 2]);
    expect((await seed.create({ maxPayments: 0 })).status).toBe(400);
  });

  // The last one: time goes on.
  member(
    'expiration_date',
    'is when it closes, and no invoice outlives it; money that is a little late is taken',
    async () => {
      const link = await seed.make({ amount: 5, expiration_date: seed.inDays(1) });
      expect((await seed.visit(link.url)).text).toContain('Open until');
      expect((await seed.create({ expiration_date: seed.inDays(-1) })).status).toBe(400);
      const payer = await seed.app.wallet(['USDC']);
      clock.advance(24 * 3_600_000 - 60_000);
      const early = await seed.invoice(await seed.choose(link));
      expect(early.expiresAt).toBe(link.expiration_date);
      clock.advance(120_000);
      const late = await seed.visit(link.url);
      expect([(await seed.read(link)).status, late.text.includes('This link has expired')]).toEqual(['EXPIRED', true]);
      const payment = { destination: early.destination, amount: early.amount, asset: payer.coin('USDC') };
      await payer.submitTimeless([Operation.payment(payment)], Memo.text(early.memo));
      await eventually(
        async () => (await seed.invoice(early.publicId)).status,
        (status) => status === 'PAID',
      );
      expect((await seed.make()).expiration_date).toBeNull();
    },
  );
});
