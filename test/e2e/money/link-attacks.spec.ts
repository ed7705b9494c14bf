import { Asset, Memo, Operation } from '@stellar/stellar-sdk';
import type { Invoice } from '../../../src/invoices/invoice';
import { LinkCheckoutService } from '../../../src/links/choices/link-checkout.service';
import type { CheckoutChoice } from '../../../src/links/offers/link-offer';
import { Transactions } from '../../../src/database/transactions';
import { ExpiryService } from '../../../src/payments/expiry.service';
import type { Json } from '../../support/api-client';
import { eventually, TestApp } from '../../support/app';
import { audited } from '../../support/audited';
import { ManualClock } from '../../support/manual-clock';
import type { PartnerProgram } from '../../support/partner-program';
import { RateSource } from '../../support/rate-source';
import type { TestWallet } from '../../support/wallet';

const HOUR = 3600 * 1000;
const QUOTE_SECONDS = 60;

let app: TestApp;
let rates: RateSource;
let shop: TestWallet;
let payer: TestWallet;
let partner: PartnerProgram;
const clock = new ManualClock();

beforeAll(async () => {
  rates = await RateSource.start(
    () => '0.25',
    () => clock.now().getTime(),
  );
  const env = {
    ...rates.onlyEnv,
    QUOTE_SECONDS: String(QUOTE_SECONDS),
    CHECKOUT_SECONDS: '60',
  };
  app = await TestApp.start({ ports: { clock }, env });
  [{ wallet: shop, partner }, payer] = await Promise.all([app.shop(), app.wallet(['USDC'])]);
});

afterAll(async () => {
  const { breaches } = await audited(app.databaseUrl, { networks: [], clock });
  await app.stop();
  await rates.stop();
  expect(breaches).toEqual([]);
});

const ahead = (ms: number): string => new Date(clock.now().getTime() + ms).toISOString();
const make = async (attributes: object, relationships?: object): Promise<Json> => {
  const { status, body, text } = await partner.create(
    'payment_links',
    { amount: '20', currency: 'EUR', paymentType: 'Invoice', expiresAt: ahead(24 * HOUR), ...attributes },
    relationships,
  );
  expect([status, text]).toEqual([201, text]);
  return body.data;
};
let addresses = 0;
const open = (link: Json, choice: Partial<CheckoutChoice> = {}): Promise<Invoice> =>
  app
    .get(LinkCheckoutService)
    .open(
      link.attributes.publicId,
      { asset: 'XLM', ...choice },
      `10.0.${(addresses >> 8) & 255}.${(addresses += 1) & 255}`,
    );
const read = async (link: Json): Promise<Json> => (await partner.get(`payment_links/${link.id}`)).body.data.attributes;
const invoiceOf = async ({ id }: Invoice): Promise<Json> => (await partner.get(`invoices/${id}`)).body.data.attributes;
const patch = (link: Json, attributes: object): ReturnType<PartnerProgram['send']> =>
  partner.send('PATCH', `payment_links/${link.id}`, { data: { type: 'paymentLinks', id: link.id, attributes } });
const pay = async (invoice: Invoice, amount: string): Promise<void> => {
  const operation = Operation.payment({ destination: shop.address, amount, asset: Asset.native() });
  await payer.submitTimeless([operation], Memo.text(invoice.memo));
};
const received = (invoice: Invoice, amount: string): Promise<Json> =>
  eventually(
    () => invoiceOf(invoice),
    ({ amountReceived }) => amountReceived === amount,
  );
const lapse = async (invoice: Invoice, ms = (QUOTE_SECONDS + 1) * 1000): Promise<void> => {
  clock.advance(ms);
  await eventually(
    async () => {
      await app.get(ExpiryService).runDue();
      return (await invoiceOf(invoice)).status;
    },
    (status) => status === 'EXPIRED',
  );
};

it('does not end a link when dust arrived for its lapsed choice; the rest of what was owed still pays it', async () => {
  const link = await make({});
  const invoice = await open(link);
  await pay(invoice, '0.0000001');
  await received(invoice, '0.0000001');
  await lapse(invoice);
  expect((await read(link)).status).toBe('created');
  await pay(invoice, '79.9999999');
  await eventually(
    () => read(link),
    ({ status }) => status === 'completed',
  );
  expect((await invoiceOf(invoice)).status).toBe('PAID');
});

it('keeps the slots of a link true while checkouts, payments, cancellations and changes of the limit race', async () => {
  const link = await make({ kind: 'donation', amount: '5', currency: 'XLM', maxPayments: 8 });
  const opened: Invoice[] = [];
  const opener = async (): Promise<void> => {
    for (let n = 0; n < 8; n += 1) {
      const invoice = await open(link).catch(() => null);
      if (invoice !== null) opened.push(invoice);
    }
  };
  const canceller = async (): Promise<void> => {
    await eventually(
      async () => opened.length,
      (length) => length > 0,
    );
    for (let n = 0; n < 20; n += 1)
      await partner.command(
        `invoices/${(opened[Math.floor(Math.random() * opened.length)] as Invoice).id}/cancellation`,
      );
  };
  const statuses = new Set<number>();
  const patcher = async (): Promise<void> => {
    for (let n = 0; n < 20; n += 1) statuses.add((await patch(link, { maxPayments: 3 + (n % 6) })).status);
  };
  const payerLoop = async (): Promise<void> => {
    for (let n = 0; n < 3; n += 1) {
      await eventually(
        async () => opened.length,
        (length) => length > n,
      );
      await pay(opened[n] as Invoice, '5');
    }
  };
  await Promise.all([opener(), opener(), opener(), canceller(), canceller(), patcher(), payerLoop()]);
  expect([...statuses].every((status) => [200, 409, 422].includes(status))).toBe(true);
  // Money that found its invoice cancelled is held, and settles nothing.
  await eventually(
    () =>
      app.sql<Json>(
        `select 1 from payments p join payment_link_choices c on c.invoice_id = p.invoice_id where c.link_id = $1`,
        [link.id],
      ),
    ({ length }) => length === 3,
  );
  const [row] = await app.sql<Json>(
    `select l.slots_used::int as used, l.payments_made::int as made, l.payments_over_limit::int as over, count(*) filter (where c.slot in ('held', 'paid'))::int as slots,
       count(*) filter (where c.slot = 'paid')::int as paid, count(*) filter (where c.slot = 'over')::int as beyond,
       count(*) filter (where c.slot = 'held' and i.status not in ('PENDING', 'PROCESSING'))::int as drifted
     from payment_links l join payment_link_choices c on c.link_id = l.id join invoices i on i.id = c.invoice_id where l.id = $1 group by 1, 2, 3`,
    [link.id],
  );
  expect(row).toMatchObject({ used: row.slots, made: row.paid, over: row.beyond, drifted: 0 });
});

it('gives every payer who chooses at the same moment an invoice of his own, and shows the newest', async () => {
  for (let round = 0; round < 3; round += 1) {
    const link = await make({});
    const id = link.attributes.publicId;
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        app.client.post(`/checkout/${id}/choice`, { asset: ['XLM', 'USDC', 'EURC'][at % 3] }),
      ),
    );
    const [row] = await app.sql<Json>(
      `select count(*) filter (where i.status in ('PENDING', 'PROCESSING'))::int as open, (select i.public_id from payment_link_choices n join invoices i on i.id = n.invoice_id where n.link_id = l.id order by n.created_at desc, n.invoice_id desc limit 1) = max(t.public_id) as newest
       from payment_links l join payment_link_choices c on c.link_id = l.id join invoices i on i.id = c.invoice_id join invoices t on t.id = l.invoice_id where l.id = $1 group by l.id`,
      [link.id],
    );
    // One address: the same choice is the same invoice.
    expect([row, new Set(answers.map(({ status, body }) => `${status} ${body.publicId}`)).size]).toEqual([
      { open: 3, newest: true },
      3,
    ]);
  }
});

it('ends a link for its owner while a payer is choosing anew', async () => {
  const link = await make({});
  const first = await open(link);
  const waiting = (count: number): Promise<unknown> =>
    eventually(
      () =>
        app.sql<Json>(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`),
      ({ length }) => length >= count,
    );
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const holder = app.get(Transactions).run(async () => {
    await app.sql('select 1 from invoices where id = $1 for update', [first.id]);
    await held;
  });
  await eventually(
    () =>
      app.sql<Json>(
        `select 1 from pg_locks l join pg_class c on c.oid = l.relation where c.relname = 'invoices' and l.mode = 'RowShareLock'`,
      ),
    ({ length }) => length > 0,
  );
  const ended = partner.command(`payment_links/${link.id}/expiration`);
  await waiting(1);
  const second = await open(link, { asset: 'USDC' });
  letGo();
  const [{ status }] = await Promise.all([ended, holder]);
  expect([status, (await read(link)).status, (await invoiceOf(second)).status]).toEqual([200, 'expired', 'EXPIRED']);
});

it('refuses a price that its tax lifts above what may be paid', async () => {
  const { body } = await partner.create('tax_rates', { name: 'VAT', percentage: '19', inclusive: false });
  const tax = { taxRate: { data: { type: 'taxRates', id: body.data.id } } };
  const attempt = async (attributes: object): Promise<unknown[]> => {
    const answer = await partner.create(
      'payment_links',
      { currency: 'EUR', paymentType: 'Invoice', expiresAt: ahead(HOUR), ...attributes },
      tax,
    );
    return [answer.status, answer.body.errors?.[0].code, answer.body.errors?.[0].source.pointer];
  };
  const refused = [422, 'amount_above_maximum', '/data/attributes/amount'];
  for (const attributes of [
    { amount: '100000' },
    { amount: '100000', kind: 'donation' },
    { amount: '1000000', currency: 'XLM' },
  ])
    expect(await attempt(attributes)).toEqual(refused);
  expect((await attempt({ amount: '84033.61' }))[0]).toBe(201);
  expect((await attempt({ amount: null, openAmount: {}, kind: 'donation' }))[0]).toBe(201);
});

it('can be opened for several pieces whatever its title is made of', async () => {
  const { body } = await partner.create('tax_rates', { name: 'VAT', percentage: '19', inclusive: true });
  for (const title of ['\u{1F600}'.repeat(299), `x${'\u{1F600}'.repeat(299)}`]) {
    const link = await make(
      { kind: 'donation', amount: '5', currency: 'XLM', title, quantity: { maximum: 3 } },
      { taxRate: { data: { type: 'taxRates', id: body.data.id } } },
    );
    const [line] = (await open(link, { quantity: 3 })).lines;
    expect([line?.description.startsWith('3 × '), line?.description.isWellFormed(), line?.amount]).toEqual([
      true,
      true,
      '12.605042',
    ]);
  }
});

it.each([
  ['priced in an asset may be paid late', { kind: 'donation', amount: '5', currency: 'XLM' }, '5', 'late', 'PAID'],
  ['at a quote is not good for half a day', {}, '80', 'too_late', 'EXPIRED'],
  ['at a quote is not good for half a day, sold again and again', { kind: 'donation' }, '80', 'too_late', 'EXPIRED'],
])('a price %s, whatever the merchant allows otherwise', async (_what, attributes, amount, outcome, status) => {
  const link = await make({ expiresAt: ahead(48 * HOUR), ...attributes });
  const invoice = await eventually(
    () => open(link).catch(() => null),
    (opened) => opened !== null,
  );
  await lapse(invoice as Invoice, 12 * HOUR);
  await pay(invoice as Invoice, amount);
  const payments = await eventually(
    () => app.sql<Json>('select outcome from payments where invoice_id = $1', [invoice?.id]),
    ({ length }) => length > 0,
  );
  expect([payments, (await invoiceOf(invoice as Invoice)).status]).toEqual([[{ outcome }], status]);
});
