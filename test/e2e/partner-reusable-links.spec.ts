import { Memo } from '@stellar/stellar-sdk';
import type { Invoice } from '../../src/invoices/invoice';
import { LinkCheckoutService } from '../../src/links/choices/link-checkout.service';
import type { CheckoutChoice, LinkOffer } from '../../src/links/offers/link-offer';
import { ExpiryService } from '../../src/payments/expiry.service';
import type { Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { audited } from '../support/audited';
import { ManualClock } from '../support/manual-clock';
import type { PartnerProgram } from '../support/partner-program';
import { RateSource } from '../support/rate-source';
import type { TestWallet } from '../support/wallet';

const NOBODYS = '01890000-0000-7000-8000-000000000000';
const PER_ADDRESS = 3;
/** Short, because the wallets' transactions are good for five minutes by a clock that is not moved. */
const CHECKOUT_SECONDS = 30;

let app: TestApp;
let rates: RateSource;
let shop: TestWallet;
let payer: TestWallet;
let partner: PartnerProgram;
let other: PartnerProgram;
const clock = new ManualClock();

beforeAll(async () => {
  rates = await RateSource.start(
    () => '0.25',
    () => clock.now().getTime(),
  );
  app = await TestApp.start({
    ports: { clock },
    env: {
      ...rates.onlyEnv,
      LIMIT_UNPAID_CHECKOUTS: String(PER_ADDRESS),
      CHECKOUT_SECONDS: String(CHECKOUT_SECONDS),
    },
  });
  [{ wallet: shop, partner }, { partner: other }, payer] = await Promise.all([
    app.shop(),
    app.shop(),
    app.wallet(['USDC']),
  ]);
});

afterAll(async () => {
  const { breaches } = await audited(app.databaseUrl, { networks: [], clock });
  await app.stop();
  await rates.stop();
  expect(breaches).toEqual([]);
});

const inADay = (): string => new Date(clock.now().getTime() + 24 * 3600 * 1000).toISOString();
const send = (attributes: object, relationships?: object): ReturnType<PartnerProgram['create']> =>
  partner.create(
    'payment_links',
    { amount: '5', currency: 'XLM', paymentType: 'Invoice', expiresAt: inADay(), ...attributes },
    relationships,
  );
const make = async (attributes: object, relationships?: object): Promise<Json> => {
  const { status, body, text } = await send(attributes, relationships);
  expect([status, text]).toEqual([201, text]);
  return body.data;
};
const named = (type: string, ...ids: string[]): object => ({ data: ids.map((id) => ({ type, id })) });
const product = async (attributes: object, taxRate?: string): Promise<string> => {
  const relationships = taxRate === undefined ? undefined : { taxRate: { data: { type: 'taxRates', id: taxRate } } };
  return (await partner.create('products', { name: 'Tee', price: '20', currency: 'EUR', ...attributes }, relationships))
    .body.data.id;
};
const taxRate = async (percentage: string, inclusive: boolean): Promise<string> =>
  (await partner.create('tax_rates', { name: 'VAT', percentage, inclusive })).body.data.id;
const patch = (
  link: Json,
  attributes: object,
  headers: Record<string, string> = {},
): ReturnType<PartnerProgram['send']> =>
  partner.send(
    'PATCH',
    `payment_links/${link.id}`,
    { data: { type: 'paymentLinks', id: link.id, attributes } },
    headers,
  );
const patchProduct = (id: string, attributes: object): ReturnType<PartnerProgram['send']> =>
  partner.send('PATCH', `products/${id}`, { data: { type: 'products', id, attributes } });

let addresses = 0;
const open = (
  link: Json,
  choice: Partial<CheckoutChoice> = {},
  address = `10.0.0.${(addresses += 1)}`,
): Promise<Invoice> =>
  app.get(LinkCheckoutService).open(link.attributes.publicId, { asset: 'XLM', ...choice }, address);
const offer = (link: Json): Promise<LinkOffer> => app.get(LinkCheckoutService).offer(link.attributes.publicId);
const read = async (link: Json): Promise<Json> => (await partner.get(`payment_links/${link.id}`)).body.data.attributes;
const counters = async (link: Json): Promise<unknown[]> => {
  const { status, slotsUsed, paymentsMade, paymentsOverLimit } = await read(link);
  return [status, slotsUsed, paymentsMade, paymentsOverLimit];
};
const told = async (link: Json): Promise<string[]> =>
  (
    await app.sql<{ type: string }>('select type from events where subject_id = $1 order by written_at, id', [link.id])
  ).map(({ type }) => type);
const pay = (invoice: Invoice, amount: string): Promise<unknown> =>
  payer.pay(shop.address, amount, { memo: Memo.text(invoice.memo) });
const status = async ({ id }: Invoice): Promise<string> =>
  (await partner.get(`invoices/${id}`)).body.data.attributes.status;
const paid = (invoice: Invoice): Promise<string> =>
  eventually(
    () => status(invoice),
    (each) => each === 'PAID',
  );
/** Lets a checkout lapse; deadlines are judged when the ledger has been read beyond them. */
const lapse = async (invoice: Invoice): Promise<void> => {
  clock.advance(CHECKOUT_SECONDS * 1000 + 1000);
  await eventually(
    async () => {
      await app.get(ExpiryService).runDue();
      return status(invoice);
    },
    (each) => each === 'EXPIRED',
  );
};
const refusedWith = (code: string, path?: string): object => ({
  code,
  ...(path === undefined ? {} : { faults: [expect.objectContaining({ path })] }),
});

describe('a link to products', () => {
  it('opens an invoice for every checkout, with lines, tax and total of that moment', async () => {
    const [tee, mug] = [
      await product({ name: 'Tee', price: '20' }, await taxRate('19', true)),
      await product({ name: 'Mug', price: '10', sku: `mug-${Math.random()}` }, await taxRate('7', false)),
    ];
    const link = await make(
      { kind: 'product', amount: null, currency: 'EUR', title: 'Shop', quantity: { maximum: 5 } },
      { products: named('products', tee, mug) },
    );
    expect(link.attributes).toMatchObject({
      kind: 'product',
      amount: null,
      openAmount: null,
      quantity: { maximum: 5 },
      status: 'active',
      network: 'sandbox',
      maxPayments: null,
      slotsUsed: 0,
      paymentsMade: 0,
      paymentsOverLimit: 0,
    });
    expect(link.relationships.products.data.map(({ id }: Json) => id)).toEqual([tee, mug]);
    expect(Object.keys(link.relationships.invoices)).toEqual(['links']);
    expect(await offer(link)).toMatchObject({
      kind: 'product',
      state: 'open',
      title: 'Shop',
      currency: 'EUR',
      amount: '30.70',
      openAmount: null,
      quantity: { maximum: 5 },
      tax: null,
      current: null,
      assets: ['EURC', 'XLM', 'USDC'],
      lines: [
        { description: 'Tee', quantity: '1', rate: '20.00', amount: '20.00' },
        { description: 'Mug', quantity: '1', rate: '10.00', amount: '10.00' },
      ],
    });
    const [first, second] = [await open(link), await open(link, { quantity: 2 })];
    // 20 contain 3.19, and 0.70 come on top of 10: 30.70 at 0.25 a lumen.
    expect([first.total, first.taxAmount, first.subtotal, first.taxRate]).toEqual([
      1_228_000_000n,
      155_600_000n,
      1_072_400_000n,
      null,
    ]);
    expect(first.taxes).toEqual([
      { percentage: '19', base: '67.24', tax: '12.76', inclusive: true },
      { percentage: '7', base: '40.00', tax: '2.80', inclusive: false },
    ]);
    expect(first.lines.map(({ description, amount }) => [description, amount])).toEqual([
      ['Tee', '67.24'],
      ['Mug', '40.00'],
    ]);
    expect(second.total).toBe(2_456_000_000n);
    expect(second.publicId).not.toBe(first.publicId);
    expect((await offer(link)).current).toBeNull();
    await patchProduct(tee, { price: '40' });
    const third = await open(link);
    expect([
      third.total > first.total,
      (await partner.get(`invoices/${first.id}`)).body.data.attributes.amount,
    ]).toEqual([true, '122.80']);
    await patchProduct(mug, { status: 'archived' });
    expect((await offer(link)).state).toBe('inactive');
    await expect(open(link)).rejects.toMatchObject(refusedWith('link_not_open'));
    const { body } = await partner.get(`payment_links/${link.id}?include=products.taxRate`);
    expect(body.included.map(({ type }: Json) => type).toSorted()).toEqual([
      'products',
      'products',
      'taxRates',
      'taxRates',
    ]);
    expect((await partner.send('DELETE', `products/${tee}`)).body.errors[0].code).toBe('product_in_use');
  });

  it('priced in an asset needs no quote, and says how many', async () => {
    const link = await make(
      { kind: 'product', amount: null, currency: 'USDC', quantity: { maximum: 3 } },
      { products: named('products', await product({ price: '12.5', currency: 'USDC' }, await taxRate('10', false))) },
    );
    expect(await offer(link)).toMatchObject({
      amount: '13.75',
      assets: ['USDC'],
      tax: { percent: '10', inclusive: false },
    });
    const invoice = await open(link, { asset: 'USDC', quantity: 3 });
    expect(invoice).toMatchObject({
      total: 412_500_000n,
      subtotal: 375_000_000n,
      taxAmount: 37_500_000n,
      taxRate: 100_000,
      lines: [{ description: 'Tee', quantity: '3', rate: '12.50', amount: '37.50' }],
    });
    expect(invoice.expiresAt!.getTime() - clock.now().getTime()).toBe(CHECKOUT_SECONDS * 1000);
    await expect(open(link)).rejects.toMatchObject(refusedWith('unsupported_pay_currency'));
    for (const quantity of [0, 4, 1.5, -1, Number.NaN])
      await expect(open(link, { asset: 'USDC', quantity })).rejects.toMatchObject(
        refusedWith('attributes_invalid', 'quantity'),
      );
    await expect(open(link, { asset: 'USDC', amount: '1' })).rejects.toMatchObject(
      refusedWith('attributes_invalid', 'amount'),
    );
    await payer.pay(shop.address, '41.25', { asset: payer.coin('USDC'), memo: Memo.text(invoice.memo) });
    await paid(invoice);
    expect(await counters(link)).toEqual(['active', 1, 1, 0]);
    expect(await told(link)).toEqual(['link.created', 'link.chosen', 'link.paid']);
  });

  it('names one to twenty products of its own merchant, active and in its currency (E02)', async () => {
    const [tee, archived, foreign] = [
      await product({}),
      await product({ name: 'Old' }),
      (await other.create('products', { name: 'Theirs', price: '20', currency: 'EUR' })).body.data.id,
    ];
    await patchProduct(archived, { status: 'archived' });
    const attempt = async (relationships: object | undefined, attributes: object = {}): Promise<string[]> => {
      const answer = await send({ kind: 'product', amount: null, currency: 'EUR', ...attributes }, relationships);
      return [
        String(answer.status),
        ...answer.body.errors.map(({ code, source }: Json) => `${code} ${source.pointer}`),
      ];
    };
    const at = '/data/relationships/products';
    expect(await attempt({ products: named('products', tee, foreign) })).toEqual([
      '404',
      `related_resource_not_found ${at}/data/1/id`,
    ]);
    expect(await attempt({ products: named('products', NOBODYS) })).toEqual([
      '404',
      `related_resource_not_found ${at}/data/0/id`,
    ]);
    expect(await attempt(undefined)).toEqual(['422', 'attributes_invalid /data']);
    expect(await attempt({ products: named('products') })).toEqual(['422', `attributes_invalid ${at}`]);
    expect(await attempt({ products: named('products', tee, tee) })).toEqual(['422', `attributes_invalid ${at}`]);
    expect(await attempt({ products: named('products', archived) })).toEqual(['422', `attributes_invalid ${at}`]);
    expect(await attempt({ products: named('products', tee, await product({ currency: 'USD' })) })).toEqual([
      '422',
      `attributes_invalid ${at}`,
    ]);
    expect(await attempt({ products: named('products', await product({ price: '1' })) })).toEqual([
      '422',
      `amount_below_minimum ${at}`,
    ]);
    expect(await attempt({ products: named('products', ...Array.from({ length: 21 }, () => tee)) })).toEqual([
      '422',
      `attributes_invalid ${at}`,
    ]);
    expect(await attempt({ products: named('products', tee) }, { kind: 'donation', amount: '20' })).toEqual([
      '422',
      `attributes_invalid ${at}`,
    ]);
    expect(
      await attempt({
        products: named('products', tee),
        taxRate: { data: { type: 'taxRates', id: await taxRate('19', true) } },
      }),
    ).toEqual(['422', 'attributes_invalid /data/relationships/taxRate']);
    expect(
      await attempt({ taxRate: { data: { type: 'taxRates', id: NOBODYS } } }, { kind: 'standard', amount: '20' }),
    ).toEqual(['404', 'related_resource_not_found /data/relationships/taxRate/data/id']);
  });
});

describe('terms of other kinds', () => {
  it.each<[string, object, string[]]>([
    ['a subscription without a recurrence', { kind: 'subscription' }, ['recurrence_invalid ']],
    ['a recurrence of another kind', { recurrence: { interval: 'month' } }, ['recurrence_invalid /recurrence']],
    ['a kind nobody knows', { kind: 'lease' }, ['attributes_invalid /kind']],
    ['no amount and nobody to say it', { amount: null }, ['attributes_invalid /amount']],
    ['an amount twice', { openAmount: {} }, ['attributes_invalid /openAmount']],
    [
      'an amount of products, and no products',
      { kind: 'product', amount: '5' },
      ['attributes_invalid /amount', 'attributes_invalid /data'],
    ],
    [
      'bounds the wrong way round',
      { amount: null, openAmount: { minimum: '9', maximum: '8' } },
      ['attributes_invalid /openAmount/minimum'],
    ],
    [
      'less than a payment can be',
      { amount: null, openAmount: { minimum: '0.5' } },
      ['amount_below_minimum /openAmount/minimum'],
    ],
    [
      'presets beyond the bounds',
      { amount: null, openAmount: { maximum: '8', presets: ['5', '9'] } },
      ['attributes_invalid /openAmount/presets'],
    ],
    ['a limit of a standard link', { maxPayments: 2 }, ['attributes_invalid /maxPayments']],
    ['a limit of nothing', { kind: 'donation', maxPayments: 0 }, ['attributes_invalid /maxPayments']],
    ['a limit that is no number', { kind: 'donation', maxPayments: '3' }, ['attributes_invalid /maxPayments']],
    [
      'pieces of an open amount',
      { kind: 'donation', amount: null, openAmount: {}, quantity: { maximum: 3 } },
      ['attributes_invalid /quantity'],
    ],
    [
      'counters that only the service keeps',
      { kind: 'donation', slotsUsed: 0, paymentsMade: 1 },
      ['attributes_invalid /slotsUsed', 'attributes_invalid /paymentsMade'],
    ],
  ])('%s is refused', async (_what, attributes, expected) => {
    const answer = await send(attributes);
    expect([
      answer.status,
      answer.body.errors.map(({ code, source }: Json) => `${code} ${source.pointer.replace('/data/attributes', '')}`),
    ]).toEqual([422, expected]);
  });

  it('a donation takes what a payer gives, within bounds', async () => {
    const link = await make(
      {
        kind: 'donation',
        amount: null,
        currency: 'EUR',
        openAmount: { minimum: '10', maximum: '50', presets: ['10', '25.50'] },
        title: 'Coffee',
      },
      { taxRate: { data: { type: 'taxRates', id: await taxRate('25', false) } } },
    );
    expect(link.attributes).toMatchObject({
      kind: 'donation',
      amount: null,
      openAmount: { minimum: '10.00', maximum: '50.00', presets: ['10.00', '25.50'] },
      quantity: null,
    });
    expect(await offer(link)).toMatchObject({
      amount: null,
      openAmount: { minimum: '10.00', maximum: '50.00', presets: ['10.00', '25.50'] },
      lines: [],
      quantity: null,
      tax: { percent: '25', inclusive: true },
    });
    // What the payer says is what is paid: the tax is within.
    expect(await open(link, { amount: '20' })).toMatchObject({
      total: 800_000_000n,
      taxAmount: 160_000_000n,
      taxRate: 250_000,
      lines: [],
    });
    await expect(open(link)).rejects.toMatchObject(refusedWith('attributes_invalid', 'amount'));
    for (const amount of ['9.99', '50.01', '-20', '2e1', 'ten', ''])
      await expect(open(link, { amount })).rejects.toMatchObject(refusedWith('attributes_invalid', 'amount'));
    await expect(open(link, { amount: '20.001' })).rejects.toMatchObject(refusedWith('amount_too_precise'));
  });

  it('a standard link with an open amount takes one payment, whatever else was chosen for it (A34)', async () => {
    const link = await make({ amount: null, openAmount: { presets: ['7'] } });
    expect(link.attributes).toMatchObject({
      status: 'created',
      kind: 'standard',
      maxPayments: 1,
      openAmount: { minimum: '1.00', maximum: '1000000.00', presets: ['7.00'] },
    });
    const first = await open(link, { amount: '3' }, '192.0.2.7');
    expect((await open(link, { amount: '3.00' }, '192.0.2.7')).id).toBe(first.id);
    const second = await open(link, { amount: '4' });
    expect([second.total, await status(first), (await offer(link)).current]).toEqual([
      40_000_000n,
      'PENDING',
      second.publicId,
    ]);
    await pay(second, '4');
    await eventually(
      () => read(link),
      (each) => each.status === 'completed',
    );
    await expect(open(link, { amount: '4' })).rejects.toMatchObject(refusedWith('link_choice_closed'));
    // The first was on its way too: it is no second payment of the link, but held for its payer (B03).
    expect(await status(first)).toBe('EXPIRED');
    await pay(first, '3');
    const held = await eventually(
      () => app.sql<Json>('select disposition, outcome from payments where invoice_id = $1', [first.id]),
      ({ length }) => length > 0,
    );
    expect([held, await status(first), (await read(link)).paymentsOverLimit]).toEqual([
      [{ disposition: 'suspense', outcome: 'link_closed' }],
      'EXPIRED',
      0,
    ]);
    expect(await told(link)).toEqual(['link.created', 'link.chosen', 'link.chosen', 'link.paid']);
  });

  it('what a stranger chose first is the amount of nobody else (A34)', async () => {
    const link = await make({ kind: 'donation', amount: null, openAmount: {}, currency: 'XLM' });
    await expect(open(link, { amount: '0.0000001' })).rejects.toMatchObject(
      refusedWith('attributes_invalid', 'amount'),
    );
    const [least, gift] = [await open(link, { amount: '1' }), await open(link, { amount: '4' })];
    expect([least.total, gift.total]).toEqual([10_000_000n, 40_000_000n]);
    await pay(gift, '4');
    await paid(gift);
    expect(await status(least)).toBe('PENDING');
    await pay(least, '1');
    await paid(least);
    expect((await read(link)).paymentsMade).toBe(2);
  });

  it('a standard link with an open amount goes back to its payers when nobody pays', async () => {
    const link = await make({ amount: null, openAmount: {} });
    const first = await open(link, { amount: '3' });
    await lapse(first);
    expect([await status(first), (await read(link)).status, (await offer(link)).current]).toEqual([
      'EXPIRED',
      'created',
      null,
    ]);
    const again = await open(link, { amount: '3' });
    expect(again.id).not.toBe(first.id);
    expect(
      (await partner.get(`payment_links/${link.id}/invoices?sort=createdAt`)).body.data.map(({ id }: Json) => id),
    ).toEqual([first.id, again.id]);
  });

  it('a fixed price may have a tax of its own', async () => {
    const { id, attributes, relationships } = await make(
      { amount: '100' },
      { taxRate: { data: { type: 'taxRates', id: await taxRate('19', false) } } },
    );
    expect([attributes.amount, relationships.taxRate.data.type]).toEqual(['100.00', 'taxRates']);
    const target = (await partner.get(`payment_links/${id}/target`)).body.data.attributes;
    expect(target).toMatchObject({ subtotal: '100.00', taxRate: '19', taxAmount: '19.00', amount: '119.00' });
  });
});

describe('a limit', () => {
  const limited = (maxPayments: number): Promise<Json> => make({ kind: 'donation', maxPayments });

  it('is sold out while its slots are held, and they come back: by time, and by the owner (B02)', async () => {
    const link = await limited(2);
    const [first, second] = [await open(link), await open(link)];
    expect([await counters(link), (await offer(link)).state]).toEqual([['sold_out', 2, 0, 0], 'sold_out']);
    await expect(open(link)).rejects.toMatchObject(refusedWith('link_sold_out'));
    expect((await partner.get('payment_links?filter[status]=sold_out')).body.data.map(({ id }: Json) => id)).toContain(
      link.id,
    );
    expect((await partner.command(`invoices/${first.id}/cancellation`)).status).toBe(200);
    expect(await counters(link)).toEqual(['active', 1, 0, 0]);
    await lapse(second);
    expect(await counters(link)).toEqual(['active', 0, 0, 0]);
    await pay(await open(link), '5');
    await eventually(
      () => counters(link),
      ([, , made]) => made === 1,
    );
    expect(
      await app.sql('select 1 from payment_link_choices where link_id = $1 and payer_address is not null', [link.id]),
    ).toEqual([]);
  });

  it('completes the link when all are paid, and is told once', async () => {
    const link = await limited(2);
    const both = [await open(link), await open(link)];
    for (const invoice of both) await pay(invoice, '5');
    await eventually(
      () => counters(link),
      ([state]) => state === 'completed',
    );
    expect([await counters(link), (await offer(link)).state]).toEqual([['completed', 2, 2, 0], 'completed']);
    expect(await told(link)).toEqual([
      'link.created',
      'link.chosen',
      'link.chosen',
      'link.paid',
      'link.paid',
      'link.completed',
    ]);
    await expect(open(link)).rejects.toMatchObject(refusedWith('link_not_open'));
    expect((await partner.command(`payment_links/${link.id}/expiration`)).body.errors[0].code).toBe('link_final');
  });

  it('of one: of two payments for the last slot the second is held, and counts over the limit once it is attached by hand (B03)', async () => {
    const link = await limited(1);
    const slow = await open(link);
    await lapse(slow);
    const quick = await open(link);
    await pay(quick, '5');
    await eventually(
      () => counters(link),
      ([state]) => state === 'completed',
    );
    await pay(slow, '5');
    const held = await eventually(
      async () =>
        (await partner.get('payments?filter[status]=held&filter[outcome]=link_full')).body.data.filter(
          ({ relationships }: Json) => relationships.invoice.data?.id === slow.id,
        ),
      ({ length }) => length > 0,
    );
    expect([held.length, await status(slow), await counters(link)]).toEqual([1, 'EXPIRED', ['completed', 1, 1, 0]]);
    const attached = await partner.create(
      'payment_resolutions',
      { action: 'attach' },
      {
        payment: { data: { type: 'payments', id: held[0].id } },
        invoice: { data: { type: 'invoices', id: slow.id } },
      },
    );
    expect([attached.status, attached.text]).toEqual([201, attached.text]);
    expect([await status(slow), await counters(link)]).toEqual(['PAID', ['completed', 1, 1, 1]]);
    expect(await told(link)).toEqual([
      'link.created',
      'link.chosen',
      'link.chosen',
      'link.paid',
      'link.completed',
      'link.limit_exceeded',
    ]);
  });

  it('lets late money take a slot that is free, and keeps a held one from being given away', async () => {
    const link = await limited(2);
    const late = await open(link);
    await lapse(late);
    const held = await open(link);
    await pay(late, '5');
    await paid(late);
    expect(await counters(link)).toEqual(['sold_out', 2, 1, 0]);
    await expect(open(link)).rejects.toMatchObject(refusedWith('link_sold_out'));
    await pay(held, '5');
    await eventually(
      () => counters(link),
      ([state]) => state === 'completed',
    );
  });

  it('cannot be held by one address alone (B02), which may come again when it has paid (B17)', async () => {
    const link = await limited(10);
    const mine = [];
    for (let at = 0; at < PER_ADDRESS; at += 1) mine.push(await open(link, {}, '192.0.2.7'));
    await expect(open(link, {}, '192.0.2.7')).rejects.toMatchObject({
      code: 'checkout_limit_reached',
      retryAfterSeconds: CHECKOUT_SECONDS,
    });
    expect(await counters(link)).toEqual(['active', PER_ADDRESS, 0, 0]);
    await open(link, {}, '192.0.2.8');
    await pay(mine[0] as Invoice, '5');
    await paid(mine[0] as Invoice);
    await open(link, {}, '192.0.2.7');
    const racing = await Promise.allSettled(Array.from({ length: 20 }, () => open(link, {}, '192.0.2.9')));
    expect(racing.filter((each) => each.status === 'fulfilled')).toHaveLength(PER_ADDRESS);
  });

  it('of ten is ten, however many check out at once (B01)', async () => {
    const link = await limited(10);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 1000 }, (_, at) => open(link, {}, `198.51.${at >> 8}.${at & 255}`)),
    );
    const refusals = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []));
    expect([outcomes.length - refusals.length, new Set(refusals)]).toEqual([10, new Set(['link_sold_out'])]);
    expect(await counters(link)).toEqual(['sold_out', 10, 0, 0]);
    const [row] = await app.sql<{ n: number }>(
      'select count(*)::integer as n from payment_link_choices where link_id = $1',
      [link.id],
    );
    expect(row?.n).toBe(10);
    expect(await sellNaively(10)).toBeGreaterThan(10);
  });

  it('holds while payments, lapses and cancellations race', async () => {
    const link = await limited(6);
    const invoices = await Promise.all(Array.from({ length: 6 }, () => open(link)));
    const [one, two, three, four] = invoices as [Invoice, Invoice, Invoice, Invoice];
    const again = Array.from({ length: 12 }, () => open(link).catch(() => null));
    await Promise.all([
      pay(one, '5').then(() => pay(two, '5')),
      partner.command(`invoices/${three.id}/cancellation`),
      partner.command(`invoices/${four.id}/cancellation`),
      ...again,
    ]);
    await Promise.all([paid(one), paid(two)]);
    const [, used, made, over] = await counters(link);
    expect([Number(used) <= 6, made, over]).toEqual([true, 2, 0]);
  });
});

/** Looks, then takes: what every slot would be without the one statement that does both. */
async function sellNaively(limit: number): Promise<number> {
  await app.sql('create table naive_slots (used integer not null)');
  await app.sql('insert into naive_slots values (0)');
  const attempt = async (): Promise<boolean> => {
    const [row] = await app.sql<{ used: number }>('select used from naive_slots');
    if ((row?.used ?? limit) >= limit) return false;
    await app.sql('update naive_slots set used = used + 1');
    return true;
  };
  const sold = await Promise.all(Array.from({ length: 1000 }, attempt));
  await app.sql('drop table naive_slots');
  return sold.filter(Boolean).length;
}

describe('what an owner may change', () => {
  it('is what was never priced, under a version', async () => {
    const created = await send({ kind: 'donation', title: 'One', maxPayments: 5 });
    const link = created.body.data;
    const tag = created.headers.get('etag') as string;
    expect((await partner.get(`payment_links/${link.id}`, { 'if-none-match': tag })).status).toBe(304);
    const changed = await patch(
      link,
      {
        title: 'Two',
        description: 'Both',
        metadata: { a: 'b' },
        maxPayments: 3,
        successRedirectUrl: 'https://example.com/',
      },
      { 'if-match': tag },
    );
    expect([changed.status, changed.body.data.attributes]).toEqual([
      200,
      expect.objectContaining({
        title: 'Two',
        description: 'Both',
        metadata: { a: 'b' },
        maxPayments: 3,
        successRedirectUrl: 'https://example.com/',
      }),
    ]);
    expect((await patch(link, { title: 'Three' }, { 'if-match': tag })).body.errors).toMatchObject([
      { status: '412', code: 'precondition_failed' },
    ]);
    const now = changed.headers.get('etag') as string;
    expect((await patch(link, { title: 'Two' })).headers.get('etag')).toBe(now);
    await open(link);
    expect((await partner.get(`payment_links/${link.id}`, { 'if-none-match': now })).status).toBe(200);
    expect(await told(link)).toEqual(['link.created', 'link.updated', 'link.chosen']);
    const noted = await app.sql<{ action: string; after: Json }>(
      'select action, after from audit_entries where subject_id = $1 order by sequence',
      [link.id],
    );
    expect(noted.map(({ action }) => action)).toEqual(['payment_link.created', 'payment_link.updated']);
    expect(noted[1]?.after).toEqual({
      title: 'Two',
      description: 'Both',
      metadata: { a: 'b' },
      maxPayments: 3,
      successRedirectUrl: 'https://example.com/',
    });
  });

  it('two changes of one version are one change (B14)', async () => {
    const created = await send({ kind: 'donation' });
    const tag = created.headers.get('etag') as string;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => patch(created.body.data, { title: `T${at}` }, { 'if-match': tag })),
    );
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array.from({ length: 7 }, () => 412),
    ]);
  });

  it('a pause closes the door and opens it again', async () => {
    const link = await make({ kind: 'donation', expiresAt: new Date(clock.now().getTime() + 20_000).toISOString() });
    expect((await patch(link, { status: 'inactive' })).body.data.attributes.status).toBe('inactive');
    expect((await offer(link)).state).toBe('inactive');
    await expect(open(link)).rejects.toMatchObject(refusedWith('link_not_open'));
    expect((await patch(link, { status: 'active' })).body.data.attributes.status).toBe('active');
    // A checkout never outlives its link.
    expect((await open(link)).expiresAt?.toISOString()).toBe(link.attributes.expiresAt);
    await patch(link, { status: 'inactive' });
    clock.advance(21_000);
    await app.get(ExpiryService).runDue();
    expect((await read(link)).status).toBe('expired');
  });

  it('an end moves with what it is told, and a limit never below what is taken', async () => {
    const link = await make({ kind: 'donation', maxPayments: 3 });
    const invoice = await open(link);
    await open(link);
    await pay(invoice, '5');
    await paid(invoice);
    const problem = async (attributes: object): Promise<string[]> =>
      (await patch(link, attributes)).body.errors.map(({ code, source }: Json) => `${code} ${source.pointer}`);
    expect(await problem({ maxPayments: 1, expiresAt: '2020-01-01T00:00:00Z' })).toEqual([
      'expiry_in_past /data/attributes/expiresAt',
      'attributes_invalid /data/attributes/maxPayments',
    ]);
    expect(await problem({ successRedirectUrl: 'javascript:alert(1)' })).toEqual([
      'attributes_invalid /data/attributes/successRedirectUrl',
    ]);
    expect(await problem({ status: 'completed' })).toEqual(['attributes_invalid /data/attributes/status']);
    expect(await problem({ amount: '6', publicId: 'x' })).toEqual([
      'attributes_invalid /data/attributes/amount',
      'attributes_invalid /data/attributes/publicId',
    ]);
    const later = new Date(clock.now().getTime() + 48 * 3600 * 1000).toISOString();
    expect((await patch(link, { maxPayments: 2, expiresAt: later })).body.data.attributes).toMatchObject({
      maxPayments: 2,
      expiresAt: later,
      status: 'sold_out',
    });
    expect((await patch(link, { maxPayments: null })).body.data.attributes).toMatchObject({
      maxPayments: null,
      status: 'active',
    });
    const relationships = { products: named('products', NOBODYS) };
    const answer = await partner.send('PATCH', `payment_links/${link.id}`, {
      data: { type: 'paymentLinks', id: link.id, relationships },
    });
    expect(answer.body.errors).toMatchObject([{ status: '403', code: 'relationship_read_only' }]);
  });

  it('is little of a link that somebody holds an invoice of, and less of one that has ended', async () => {
    const link = await make({});
    expect((await patch(link, { title: 'Else' })).body.errors).toMatchObject([{ status: '409', code: 'link_priced' }]);
    expect((await patch(link, { status: 'inactive' })).body.errors).toMatchObject([
      { status: '409', code: 'link_priced' },
    ]);
    expect(
      (await patch(link, { metadata: { a: 'b' }, unsuccessRedirectUrl: 'https://example.com/no' })).body.data
        .attributes,
    ).toMatchObject({ metadata: { a: 'b' }, unsuccessRedirectUrl: 'https://example.com/no' });
    await partner.command(`payment_links/${link.id}/expiration`);
    expect((await patch(link, { successRedirectUrl: null, unsuccessRedirectUrl: null })).body.errors).toMatchObject([
      { status: '409', code: 'link_final' },
    ]);
    expect((await patch(link, { metadata: { sent: 'yes' } })).body.data.attributes.metadata).toEqual({ sent: 'yes' });
    expect(
      (
        await other.send('PATCH', `payment_links/${link.id}`, {
          data: { type: 'paymentLinks', id: link.id, attributes: {} },
        })
      ).status,
    ).toBe(404);
  });

  it('an ended reusable link opens nothing, and what it opened is still paid', async () => {
    const link = await make({ kind: 'donation' });
    const invoice = await open(link);
    expect((await partner.command(`payment_links/${link.id}/expiration`)).body.data.attributes.status).toBe('expired');
    await expect(open(link)).rejects.toMatchObject(refusedWith('link_not_open'));
    await pay(invoice, '5');
    await paid(invoice);
    expect(await counters(link)).toEqual(['expired', 1, 1, 0]);
  });
});

describe('the invoices of a link', () => {
  it('are told page by page, by their time, and by no cursor of another link', async () => {
    const [link, second] = [await make({ kind: 'donation' }), await make({ kind: 'donation' })];
    const made: string[] = [];
    for (let at = 0; at < 5; at += 1) {
      clock.advance(10);
      made.push((await open(link)).id);
    }
    await open(second);
    await open(second);
    for (const below of ['invoices', 'relationships/invoices']) {
      const seen: string[] = [];
      for (let url: string | null = `payment_links/${link.id}/${below}?page[size]=2&sort=createdAt`; url !== null;) {
        const page: Awaited<ReturnType<PartnerProgram['get']>> = await partner.get(url);
        expect(page.status).toBe(200);
        seen.push(...page.body.data.map(({ id }: Json) => id));
        url = page.body.links.next;
      }
      expect(seen).toEqual(made);
      const cursor = new URL(
        (await partner.get(`payment_links/${second.id}/${below}?page[size]=1`)).body.links.next,
      ).searchParams.get('page[after]');
      expect((await partner.get(`payment_links/${link.id}/${below}?page[after]=${cursor}`)).body.errors).toMatchObject([
        { status: '400', code: 'cursor_invalid' },
      ]);
      expect((await partner.get(`payment_links/${link.id}/${below}?filter[status]=PAID`)).status).toBe(400);
      expect((await other.get(`payment_links/${link.id}/${below}`)).status).toBe(404);
    }
    expect((await partner.get(`payment_links/${link.id}/invoices?include=payments`)).status).toBe(200);
    expect((await partner.get(`payment_links/${link.id}?include=invoices`)).status).toBe(400);
    const born = await make({});
    expect((await partner.get(`payment_links/${born.id}/invoices`)).body.data.map(({ id }: Json) => id)).toEqual([
      born.relationships.target.data.id,
    ]);
  });
});
