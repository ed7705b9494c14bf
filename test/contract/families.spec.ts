import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TestApp } from '../support/app';
import { audited } from '../support/audited';
import { ManualClock } from '../support/manual-clock';
import { RateSource } from '../support/rate-source';
import {
  FAMILIES,
  FamilyLinks,
  KINDS,
  page,
  readAll,
  type ReadInvoice,
  readInvoices,
  type ReadLink,
  sameAmount,
  STATUSES,
} from './family-links';

const FILE = path.join(__dirname, '../../docs/families.md');
const START = '## Kinds';
/** Set by scripts/families.mjs; a plain run compares with the committed page. */
const write = process.env['WRITE_FAMILIES'] === 'yes';

const clock = new ManualClock();
let app: TestApp;
let rates: RateSource;
let all: FamilyLinks;
let kinds: ReadLink[];
let statuses: ReadLink[];
let invoices: ReadInvoice[];

beforeAll(async () => {
  rates = await RateSource.start(
    () => '0.5',
    () => clock.now().getTime(),
  );
  app = await TestApp.start({
    ports: { clock },
    env: { ...rates.onlyEnv, FIATS: 'USD,EUR', LIMIT_MERCHANT_PER_MINUTE: '100000', LIMIT_UNPAID_CHECKOUTS: '1000' },
  });
  all = await FamilyLinks.of(app, clock);
  kinds = await readAll(all, KINDS);
  statuses = await readAll(all, STATUSES);
  invoices = await readInvoices(all);
});
afterAll(async () => {
  const { breaches } = await audited(app.databaseUrl, { networks: [], clock });
  await app.stop();
  await rates.stop();
  expect(breaches).toEqual([]);
});

it('docs/families.md is what every family says of every kind and status', () => {
  const told = readFileSync(FILE, 'utf8');
  const [intro = ''] = told.split(START);
  const made = page(intro, kinds, statuses, invoices);
  if (write) writeFileSync(FILE, made);
  else expect(made).toBe(told);
});

describe('a link', () => {
  const each = (): ReadLink[] => [...kinds, ...statuses];

  it('has the same ids in every family', () => {
    for (const { what, made, readings } of each()) {
      expect([what, readings.partner.id, readings.merchant.id, readings.wallet.id]).toEqual([
        what,
        made.id,
        made.id,
        made.publicId,
      ]);
    }
  });

  it('has the same amount and currency in every family; the wallet API tells what is to be paid, with products and tax', () => {
    for (const { what, readings } of each()) {
      const { partner, merchant, wallet } = readings;
      expect([what, sameAmount(partner.amount, merchant.amount)]).toEqual([what, true]);
      expect([what, merchant.currency.toUpperCase(), wallet.currency.replace(/^- \((.*)\)$/, '$1')]).toEqual([
        what,
        partner.currency,
        partner.currency,
      ]);
      if (/tax|product|catalogue|payer says/.test(what)) continue;
      expect([what, sameAmount(partner.amount, wallet.amount)]).toEqual([what, true]);
    }
    const paid = new Map(kinds.map(({ what, by, readings }) => [`${what}, ${by}`, readings.wallet.amount]));
    expect([
      paid.get('one payment, 25% tax on top, partner'),
      paid.get('a fixed amount, 25% tax on top, merchant'),
      paid.get('products, partner'),
      paid.get('products, merchant'),
    ]).toEqual(['6.25', '6.25', '20.00', '40.00']);
  });

  it('has a page at every address that a family gives', () => {
    for (const { what, readings } of each())
      for (const family of FAMILIES)
        expect([what, family, [200, 410].includes(readings[family].page)]).toEqual([what, family, true]);
  });

  it('that somebody can pay is so in every family, and no other one is', () => {
    const payable = { partner: ['created', 'pending', 'active'], merchant: ['ACTIVE'], wallet: ['PENDING'] } as const;
    const told = each().map(({ what, by, readings }) => [
      `${what}, ${by}`,
      ...FAMILIES.map((family) => (payable[family] as readonly string[]).includes(readings[family].status)),
    ]);
    const differing = told.filter(([, ...yes]) => new Set(yes).size > 1).map(([what]) => what);
    // Who waits for a slot is told to wait; what is not sold is the products' matter, and the link's own owner has not paused it.
    expect(differing).toEqual([
      'again and again: every payment of its limit is being made, merchant',
      'products: none of them is sold any more, merchant',
    ]);
  });

  it('is in the lists of the partner and of the merchant API, whoever made it', async () => {
    const made = each().map(({ made: { id } }) => id);
    const listed: string[] = [];
    for (let skip = 0; ; skip += 20) {
      const { body } = await all.merchant.get(`/api/v0/payment-links?skip=${skip}&take=20`);
      listed.push(...body.map(({ id }: { id: string }) => id));
      if (body.length < 20) break;
    }
    expect(made.filter((id) => !listed.includes(id))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
  });
});

describe('an invoice', () => {
  it('has the same id, amount and reference in every family', () => {
    for (const { what, partner, wallet, link } of invoices)
      expect([what, wallet.id, link.id, wallet.amount, link.amount, wallet.memo, link.memo]).toEqual([
        what,
        partner.publicId,
        partner.publicId,
        partner.amount,
        partner.amount,
        partner.memo,
        partner.memo,
      ]);
  });
});

describe('what is made in one family is good in the others', () => {
  /** What a payer of a shop's link in USDC is asked for. */
  const asked = async (members: object, more: object = {}): Promise<Record<string, unknown>> => {
    const link = await all.offered({ linkType: 'PRODUCT', ...members });
    return (await all.invoice(await all.choose(link, more))).attributes;
  };

  it('a tax rate made over JSON:API is a valid taxId, inclusive too', async () => {
    const exclusive = await all.taxRate();
    const inclusive = await all.taxRate({ inclusive: true });
    const taxed = (taxId: string): Promise<Record<string, unknown>> => asked({ amount: 10, collectTax: true, taxId });
    expect(await taxed(exclusive)).toMatchObject({ amount: '12.50', subtotal: '10.00', taxAmount: '2.50' });
    expect(await taxed(inclusive)).toMatchObject({ amount: '10.00', subtotal: '8.00', taxAmount: '2.00' });
    const { body } = await all.merchant.get(`/api/v0/taxes/${inclusive}`);
    expect(body).toMatchObject({ id: inclusive, percentage: 25, inclusive: true });
  });

  it('a tax made over /api/v0 is a valid taxRate of a partner link', async () => {
    const { body: tax } = await all.merchant.post('/api/v0/taxes', { name: 'GST', percentage: 10, inclusive: true });
    const { publicId } = await all.partner({}, { taxRate: { data: { type: 'taxRates', id: tax.id } } });
    expect((await all.invoice(publicId)).attributes).toMatchObject({ amount: '5.00', taxAmount: '0.4545455' });
  });

  it('a product made over JSON:API is a valid productId, one made over /api/v0 a product of a partner link', async () => {
    const productId = await all.product({ price: '7.25' });
    expect(await asked({ paymentLinkProducts: [{ productId, quantity: 2 }] })).toMatchObject({ amount: '14.50' });
    const { body: made } = await all.merchant.post('/api/v0/products', {
      name: 'Cap',
      description: 'Wool',
      price: 30.5,
    });
    const link = await all.partner(
      { kind: 'product', amount: null, currency: 'USD' },
      { products: { data: [{ type: 'products', id: made.id }] } },
    );
    const { body: offer } = await all.app.client.get(`/checkout/${link.publicId}/offer`);
    expect([offer.amount, offer.lines[0].description]).toEqual(['30.50', 'Cap']);
  });

  it('a customer made over JSON:API or as a client of the wallet API is a valid customerId', async () => {
    const { body: theirs } = await all.shop.partner.create('customers', {
      name: 'Ada Lovelace',
      email: 'ada@example.org',
    });
    expect(await asked({ amount: 5, customerId: theirs.data.id })).toMatchObject({
      clientName: 'Ada Lovelace',
      clientEmail: 'ada@example.org',
    });
    const client = await all.program.post('/api/clients', { name: 'Grace Hopper', email: 'grace@example.org' });
    const { body: found } = await all.merchant.get('/api/v0/customers?email=grace@example.org');
    expect([client.status, found.total]).toEqual([client.status, 1]);
    expect(await asked({ amount: 5, customerId: found.data[0].id })).toMatchObject({
      clientName: 'Grace Hopper',
      clientEmail: 'grace@example.org',
    });
  });
});
