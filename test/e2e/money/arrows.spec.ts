import { Asset, Operation } from '@stellar/stellar-sdk';
import { InvoiceActionsService } from '../../../src/invoices/invoice-actions.service';
import type { InvoiceChange } from '../../../src/invoices/invoice-change';
import { InvoiceDoorService } from '../../../src/invoices/invoice-door.service';
import { INVOICE_ARROWS, INVOICE_STATUSES } from '../../../src/invoices/invoice-states';
import type { Invoice } from '../../../src/invoices/invoice';
import { InvoicesService } from '../../../src/invoices/invoices.service';
import { LinkCheckoutService } from '../../../src/links/choices/link-checkout.service';
import { LINK_ARROWS } from '../../../src/links/link-states';
import { PayIntentsService } from '../../../src/payments/pay-intents.service';
import { PaymentsService } from '../../../src/payments/payments.service';
import { ReconciliationService } from '../../../src/payments/reconciliation.service';
import { EnrolmentService } from '../../../src/subscriptions/enrolment.service';
import { SubscriptionActionsService } from '../../../src/subscriptions/subscription-actions.service';
import { muxedAddress } from '../../../src/stellar/address';
import { LedgerSources } from '../../../src/stellar/ledger-sources';
import { ApiClient } from '../../support/api-client';
import { TestApp } from '../../support/app';
import { expireDue } from '../../support/expire-due';
import { ManualClock } from '../../support/manual-clock';
import type { PartnerProgram } from '../../support/partner-program';
import type { TestWallet } from '../../support/wallet';

type Table = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
/** `from to reason` of every arrow of a table: one that nobody tries here does not compile. */
type ArrowsOf<T extends Table> = {
  [F in keyof T & string]: { [U in keyof T[F] & string]: `${F} ${U} ${T[F][U][number]}` }[keyof T[F] & string];
}[keyof T & string];

const HOUR_SECONDS = 3600;
const CHECKOUT_SECONDS = 900;
const PAYER_ADDRESS = '192.0.2.1';

let app: TestApp;
let client: ApiClient;
let partner: PartnerProgram;
let payer: TestWallet;
const clock = new ManualClock();
const passed: InvoiceChange[] = [];

beforeAll(async () => {
  app = await TestApp.start({
    ports: { clock },
    reconcile: false,
    env: { CHECKOUT_SECONDS: String(CHECKOUT_SECONDS) },
  });
  const [shop, funded] = await Promise.all([app.shop(), app.wallet()]);
  payer = funded;
  // A key, because a session ends with the time that passes here.
  client = new ApiClient(app.url, { authorization: `Bearer ${shop.key}` });
  partner = shop.partner;
  app.get(InvoiceDoorService).register({
    follow: (changes) => {
      passed.push(...changes);
      return Promise.resolve();
    },
  });
});
afterAll(() => app.stop());

const inHours = (hours: number): string => new Date(clock.now().getTime() + hours * HOUR_SECONDS * 1000).toISOString();
const invoiceBy = (publicId: string): Promise<Invoice> => app.get(InvoicesService).getPublic(publicId);
const draft = async (): Promise<Invoice> => {
  const { status, text, body } = await client.post('/api/invoices', {
    title: 'Arrow',
    amount: '2',
    currency: 'XLM',
    dueDate: inHours(1),
  });
  expect([status, text]).toEqual([201, text]);
  return invoiceBy(body.id as string);
};
const pending = async (): Promise<Invoice> => {
  const invoice = await draft();
  expect((await client.post(`/api/invoices/${invoice.publicId}/send`, {})).status).toBe(200);
  return invoice;
};
const prepared = async (make: () => Promise<Invoice>): Promise<Invoice> => {
  const invoice = await make();
  await app.get(PayIntentsService).prepare(invoice.publicId, null, () => undefined);
  return invoice;
};
const processing = (): Promise<Invoice> => prepared(pending);
const pay = async ({ destination, referenceNumber, total }: Invoice): Promise<void> => {
  const operation = Operation.payment({
    destination: muxedAddress(destination, referenceNumber),
    asset: Asset.native(),
    amount: `${total / 10_000_000n}`,
  });
  const { hash } = await payer.submitTimeless([operation]);
  await app
    .get(PaymentsService)
    .record('sandbox', (await app.get(LedgerSources).of('sandbox').transaction(hash))?.credits ?? []);
};
/** Time passes on every clock, and the reader has seen that nothing came. */
const wait = async (seconds: number): Promise<void> => {
  clock.advance(seconds * 1000);
  await app.network.closeLedger();
  while ((await app.get(ReconciliationService).ingestPage('sandbox')).more);
  await expireDue(app);
};
const cancel = ({ merchantId, id }: Invoice): Promise<unknown> =>
  app
    .get(InvoiceActionsService)
    .cancel({ actor: 'test', requestId: null }, { merchantId, network: null, by: 'id', value: id });

interface Link {
  readonly id: string;
  readonly publicId: string;
}
const make = async (attributes: object): Promise<Link> => {
  const { status, text, body } = await partner.create('payment_links', {
    currency: 'XLM',
    paymentType: 'Invoice',
    expiresAt: inHours(24),
    ...attributes,
  });
  expect([status, text]).toEqual([201, text]);
  return { id: body.data.id as string, publicId: body.data.attributes.publicId as string };
};
const open = (): Promise<Link> => make({ amount: null, openAmount: { maximum: '100' } });
const born = (): Promise<Link> => make({ amount: '2', expiresAt: inHours(1) });
const limited = (): Promise<Link> => make({ kind: 'donation', amount: '2', maxPayments: 1 });
const choose = ({ publicId }: Link, amount?: string): Promise<Invoice> =>
  app
    .get(LinkCheckoutService)
    .open(publicId, { asset: 'XLM', ...(amount === undefined ? {} : { amount }) }, PAYER_ADDRESS);
const shown = ({ publicId }: Link): Promise<Invoice> => invoiceBy(publicId);
const end = async ({ id }: Link): Promise<unknown> =>
  expect((await partner.command(`payment_links/${id}/expiration`)).status).toBe(200);
const set = async ({ id }: Link, attributes: object): Promise<unknown> =>
  expect(
    (await partner.send('PATCH', `payment_links/${id}`, { data: { type: 'paymentLinks', id, attributes } })).status,
  ).toBe(200);

/** A choice of an open link, and what is to be done to it by what becomes of the link. */
const chosen = async (
  prepare: (invoice: Invoice) => Promise<unknown>,
): Promise<{ readonly link: Link; readonly invoice: Invoice; readonly rival: Invoice }> => {
  const link = await open();
  const [invoice, rival] = [await choose(link, '2'), await choose(link, '3')];
  await prepare(invoice);
  return { link, invoice, rival };
};
const nothing = (): Promise<void> => Promise.resolve();
const prepare = ({ publicId }: Invoice): Promise<unknown> =>
  app.get(PayIntentsService).prepare(publicId, null, () => undefined);

/** The first invoice of somebody who subscribes, and the end of the subscription. */
const period = async (): Promise<Invoice> => {
  const { publicId } = await make({ kind: 'subscription', amount: '2', recurrence: { interval: 'month' } });
  const { invoice } = await app
    .get(EnrolmentService)
    .enrol(publicId, { asset: 'XLM' }, { email: null }, PAYER_ADDRESS, null);
  return invoice;
};
const withdraw = ({ merchantId, subscriptionId }: Invoice): Promise<unknown> =>
  app
    .get(SubscriptionActionsService)
    .cancel({ merchantId, network: null, actor: 'test', requestId: null }, subscriptionId as string, false);

type Scenario<S> = () => Promise<S>;

const byItself =
  (make_: () => Promise<Invoice>, act: (invoice: Invoice) => Promise<unknown>): Scenario<Invoice> =>
  async () => {
    const invoice = await make_();
    await act(invoice);
    return invoice;
  };
const byLink =
  (
    ready: (invoice: Invoice) => Promise<unknown>,
    act: (link: Link, rival: Invoice) => Promise<unknown>,
  ): Scenario<Invoice> =>
  async () => {
    const { link, invoice, rival } = await chosen(ready);
    await act(link, rival);
    return invoice;
  };
const send = ({ publicId }: Invoice): Promise<unknown> => client.post(`/api/invoices/${publicId}/send`, {});
const untilDue = (): Promise<void> => wait(2 * HOUR_SECONDS);

const INVOICES: Readonly<Record<ArrowsOf<typeof INVOICE_ARROWS>, Scenario<Invoice>>> = {
  'DRAFT PENDING owner_sent': byItself(draft, send),
  'DRAFT PROCESSING payment_prepared': byItself(draft, prepare),
  'DRAFT PAID paid_in_full': byItself(draft, pay),
  'DRAFT CANCELLED owner_cancelled': byItself(draft, cancel),
  'PENDING PROCESSING payment_prepared': byItself(pending, prepare),
  'PENDING PAID paid_in_full': byItself(pending, pay),
  'PENDING EXPIRED deadline_passed': byItself(pending, untilDue),
  'PENDING EXPIRED link_ended': byLink(nothing, end),
  'PENDING EXPIRED rival_paid': byLink(nothing, (_link, rival) => pay(rival)),
  'PENDING CANCELLED owner_cancelled': byItself(pending, cancel),
  'PROCESSING PENDING preparation_lapsed': byItself(processing, () => wait(600)),
  'PROCESSING PAID paid_in_full': byItself(processing, pay),
  // Its preparation ends first when both are due: the deadline is nearer than the end of a preparation made just before it.
  'PROCESSING EXPIRED deadline_passed': byItself(pending, async (invoice) => {
    await wait(HOUR_SECONDS - 60);
    await prepare(invoice);
    await app.sql(`update payment_intents set expires_at = expires_at + interval '1 day' where invoice_id = $1`, [
      invoice.id,
    ]);
    await wait(120);
  }),
  'PROCESSING EXPIRED link_ended': byLink(prepare, end),
  'PROCESSING EXPIRED rival_paid': byLink(prepare, (_link, rival) => pay(rival)),
  'PROCESSING CANCELLED owner_cancelled': byItself(processing, cancel),
  'PENDING CANCELLED subscription_ended': byItself(period, withdraw),
  'PROCESSING CANCELLED subscription_ended': byItself(period, async (invoice) => {
    await prepare(invoice);
    await withdraw(invoice);
  }),
  'EXPIRED PAID paid_late': byItself(pending, async (invoice) => {
    await untilDue();
    await pay(invoice);
  }),
};

describe('every arrow of an invoice has a writer', () => {
  it.each(Object.entries(INVOICES))('%s', async (arrow, scenario) => {
    const { id } = await scenario();
    const arrows = passed
      .filter(({ invoice, moved }) => invoice.id === id && moved !== null)
      .map(({ invoice, moved }) => `${moved?.from} ${invoice.status} ${moved?.reason}`);
    expect(arrows).toContain(arrow);
    const [row] = await app.sql<{ status: string }>('select status from invoices where id = $1', [id]);
    expect(row?.status).toBe(arrows.at(-1)?.split(' ')[1]);
  });

  it('but FAILED, which nothing writes', () => {
    expect(
      INVOICE_STATUSES.filter((status) => !Object.keys(INVOICES).some((arrow) => arrow.split(' ')[1] === status)),
    ).toEqual(['DRAFT', 'FAILED']);
  });
});

/** What brings a link from its first status to its second. */
interface LinkScenario {
  readonly before: () => Promise<Link>;
  readonly act: (link: Link) => Promise<unknown>;
}

/** Paused when its payer's choice had lapsed, or while the payer of its last place still pays. */
const pausedAfterLapse = async (): Promise<Link & { invoice: Invoice }> => {
  const link = await open();
  const invoice = await choose(link, '2');
  await wait(CHECKOUT_SECONDS + 60);
  await set(link, { status: 'inactive' });
  return { ...link, invoice };
};
const paused = async (): Promise<Link> => {
  const link = await open();
  await set(link, { status: 'inactive' });
  return link;
};
const lastPlaces = new Map<string, Invoice>();
const lastPlace = async (after: (link: Link) => Promise<unknown>): Promise<Link> => {
  const link = await limited();
  lastPlaces.set(link.id, await choose(link));
  await after(link);
  return link;
};
const payLastPlace = ({ id }: Link): Promise<void> => pay(lastPlaces.get(id) as Invoice);

const LINKS: Readonly<Record<ArrowsOf<typeof LINK_ARROWS>, LinkScenario>> = {
  'active inactive owner_paused': { before: open, act: (link) => set(link, { status: 'inactive' }) },
  'active completed invoice_paid': { before: born, act: async (link) => pay(await shown(link)) },
  'active completed limit_reached': { before: () => lastPlace(nothing), act: payLastPlace },
  'active expired owner_ended': { before: open, act: end },
  'active expired deadline_passed': { before: open, act: () => wait(25 * HOUR_SECONDS) },
  'active expired invoice_expired': { before: born, act: untilDue },
  'active cancelled invoice_cancelled': { before: born, act: async (link) => cancel(await shown(link)) },
  'inactive active owner_resumed': { before: paused, act: (link) => set(link, { status: 'active' }) },
  'inactive completed invoice_paid': {
    before: pausedAfterLapse,
    act: (link) => pay((link as Link & { invoice: Invoice }).invoice),
  },
  'inactive completed limit_reached': {
    before: () => lastPlace((link) => set(link, { status: 'inactive' })),
    act: payLastPlace,
  },
  'inactive expired owner_ended': { before: paused, act: end },
  'inactive expired deadline_passed': { before: paused, act: () => wait(25 * HOUR_SECONDS) },
  'expired completed invoice_paid': {
    before: async () => {
      const link = await born();
      await untilDue();
      return link;
    },
    act: async (link) => pay(await shown(link)),
  },
  'completed active limit_raised': {
    before: async () => {
      const link = await lastPlace(nothing);
      await payLastPlace(link);
      return link;
    },
    act: (link) => set(link, { maxPayments: 2 }),
  },
  'expired completed limit_reached': { before: () => lastPlace(end), act: payLastPlace },
};

describe('every arrow of a link has a writer', () => {
  it.each(Object.entries(LINKS))('%s', async (arrow, { before, act }) => {
    const link = await before();
    const status = async (): Promise<string | undefined> =>
      (await app.sql<{ status: string }>('select status from payment_links where id = $1', [link.id]))[0]?.status;
    const from = await status();
    await act(link);
    expect(`${from} ${await status()}`).toBe(arrow.split(' ').slice(0, 2).join(' '));
  });
});
