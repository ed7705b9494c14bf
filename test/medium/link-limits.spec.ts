import { Asset, Operation } from '@stellar/stellar-sdk';
import type { Invoice } from '../../src/invoices/invoice';
import { LinkCheckoutService } from '../../src/links/choices/link-checkout.service';
import { LinkChangesService } from '../../src/links/link-changes.service';
import { LinkLocksService } from '../../src/links/link-locks.service';
import { LinkOpeningService } from '../../src/links/link-opening.service';
import { Transactions } from '../../src/database/transactions';
import { ConfirmationService } from '../../src/payments/confirmation.service';
import { PaymentsService } from '../../src/payments/payments.service';
import { SettlingApartService } from '../../src/payments/settling-apart.service';
import { ReconciliationService } from '../../src/payments/reconciliation.service';
import { muxedAddress } from '../../src/stellar/address';
import type { Credit } from '../../src/stellar/ledger-source';
import { LedgerSources } from '../../src/stellar/ledger-sources';
import type { Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { audited } from '../support/audited';
import { expireDue } from '../support/expire-due';
import { ManualClock } from '../support/manual-clock';
import type { TestShop } from '../support/shop';
import type { TestWallet } from '../support/wallet';

jest.setTimeout(240_000);

const HOUR_MS = 3600 * 1000;
const CHECKOUT_SECONDS = 30;

let app: TestApp;
let shop: TestShop;
let payer: TestWallet;
const clock = new ManualClock();

beforeAll(async () => {
  app = await TestApp.start({
    ports: { clock },
    reconcile: false,
    env: { CHECKOUT_SECONDS: String(CHECKOUT_SECONDS), TRUST_PROXY_HOPS: '1', DATABASE_POOL_SIZE: '20' },
  });
  [shop, payer] = await Promise.all([app.shop(), app.wallet()]);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => app.stop());

const ahead = (ms: number): string => new Date(clock.now().getTime() + ms).toISOString();
const make = async (attributes: object): Promise<Json> => {
  const { status, body, text } = await shop.partner.create('payment_links', {
    kind: 'donation',
    amount: '2',
    currency: 'XLM',
    paymentType: 'Invoice',
    expiresAt: ahead(24 * HOUR_MS),
    ...attributes,
  });
  expect([status, text]).toEqual([201, text]);
  return body.data;
};
const patch = (link: Json, attributes: object): ReturnType<TestShop['partner']['send']> =>
  shop.partner.send('PATCH', `payment_links/${link.id}`, { data: { type: 'paymentLinks', id: link.id, attributes } });
const changed = async (link: Json, attributes: object): Promise<void> => {
  const { status, text } = await patch(link, attributes);
  expect([status, text]).toEqual([200, text]);
};
const refused = async (link: Json, attributes: object): Promise<unknown> => {
  const { status, body } = await patch(link, attributes);
  return [status, body.errors?.[0].code, body.errors?.[0].detail];
};
const read = async (link: Json): Promise<Json> =>
  (await shop.partner.get(`payment_links/${link.id}`)).body.data.attributes;
/** Status, slots used, payments made, payments over the limit. */
const counters = async (link: Json): Promise<unknown[]> => {
  const { status, slotsUsed, paymentsMade, paymentsOverLimit } = await read(link);
  return [status, slotsUsed, paymentsMade, paymentsOverLimit];
};
const told = async (link: Json): Promise<string[]> =>
  (
    await app.sql<{ type: string }>('select type from events where subject_id = $1 order by written_at, id', [link.id])
  ).map(({ type }) => type);
const reminders = async (link: Json): Promise<string[]> =>
  (
    await app.sql<{ due: Date }>(`select due_at as due from deadlines where kind = 'link' and subject_id = $1`, [
      link.id,
    ])
  ).map(({ due }) => due.toISOString());

let addresses = 0;
const address = (): string => `10.${(addresses += 1) >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
const open = (link: Json): Promise<Invoice> =>
  app.get(LinkCheckoutService).open(link.attributes.publicId, { asset: 'XLM' }, address());
const statusOf = async ({ id }: Invoice): Promise<string | undefined> =>
  (await app.sql<{ status: string }>('select status from invoices where id = $1', [id]))[0]?.status;
/** Of a payment for each invoice: what became of it. */
const outcomes = async (...invoices: Invoice[]): Promise<string[][]> => {
  const rows = await app.sql<{ id: string; outcome: string }>(
    'select invoice_id as id, outcome from payments where invoice_id = any($1) order by operation_id, change_index',
    [invoices.map(({ id }) => id)],
  );
  return invoices.map(({ id }) => rows.filter((row) => row.id === id).map(({ outcome }) => outcome));
};

/** One transaction on the ledger that pays each invoice; its credits, which nobody has recorded. */
const payOnLedger = async (invoices: readonly Invoice[], amount = '2'): Promise<Credit[]> => {
  const { hash } = await payer.submitTimeless(
    invoices.map(({ destination, referenceNumber }) =>
      Operation.payment({
        destination: muxedAddress(destination, referenceNumber),
        asset: Asset.native(),
        amount,
      }),
    ),
  );
  return [...((await app.get(LedgerSources).of('sandbox').transaction(hash))?.credits ?? [])];
};
const record = (credits: readonly Credit[]): Promise<number> => app.get(PaymentsService).record('sandbox', credits);
const pay = async (...invoices: Invoice[]): Promise<void> => {
  await record(await payOnLedger(invoices));
};
const readLedger = async (): Promise<void> => {
  while ((await app.get(ReconciliationService).ingestPage('sandbox')).more);
};
/** Records what nobody has read yet, and what was put aside because others held its link. */
const settleAll = (): Promise<unknown> =>
  eventually(
    async () => {
      await readLedger();
      await app.get(SettlingApartService).round('sandbox');
      clock.advance(100);
      return app.sql('select 1 from quarantined_items');
    },
    ({ length }) => length === 0,
  );
/** Every checkout ends; what was not paid gives its slot back. */
const lapse = async (): Promise<void> => {
  clock.advance(CHECKOUT_SECONDS * 1000 + 1000);
  await app.network.closeLedger();
  await readLedger();
  await expireDue(app);
};
const lapsed = async (link: Json, count: number): Promise<Invoice[]> => {
  const invoices = await Promise.all(Array.from({ length: count }, () => open(link)));
  await lapse();
  return invoices;
};
const heldFor = async (invoice: Invoice): Promise<Json[]> =>
  (await shop.partner.get('payments?filter[status]=held&filter[outcome]=link_full')).body.data.filter(
    ({ relationships }: Json) => relationships.invoice.data?.id === invoice.id,
  );
const attach = async (invoice: Invoice): Promise<void> => {
  const [payment] = await heldFor(invoice);
  const { status, text } = await shop.partner.create(
    'payment_resolutions',
    { action: 'attach' },
    {
      payment: { data: { type: 'payments', id: payment.id } },
      invoice: { data: { type: 'invoices', id: invoice.id } },
    },
  );
  expect([status, text]).toEqual([201, text]);
};
const assertSound = async (): Promise<void> => {
  expect((await audited(app.databaseUrl, { networks: [], clock })).breaches).toEqual([]);
};

/** 100 payers who come late and 100 who check out by HTTP, at once, for the last ten payments of twelve. */
async function race(): Promise<{ link: Json; late: Invoice[]; paid: number }> {
  const link = await make({ maxPayments: 102 });
  await pay(await open(link), await open(link));
  const late = await lapsed(link, 100);
  await changed(link, { maxPayments: 12 });
  const pages: Credit[][] = [];
  for (let at = 0; at < late.length; at += 5) pages.push(await payOnLedger(late.slice(at, at + 5)));
  const checkOut = async (): Promise<number> => {
    const from = { 'x-forwarded-for': address() };
    const choice = await app.client.post(`/checkout/${link.attributes.publicId}/choice`, { asset: 'XLM' }, from);
    // Whatever it is answered in this crowd: the money is on the ledger, and is read.
    if (choice.status === 200) await app.client.post(`/checkout/${choice.body.publicId}/test-payment`, {}, from);
    return choice.status;
  };
  const answers = Promise.all(Array.from({ length: 100 }, checkOut));
  const recorded = pages.map((credits) => app.get(PaymentsService).record('sandbox', credits, [], 'page'));
  await Promise.all([answers, readLedger(), ...recorded]);
  await settleAll();
  expect((await answers).filter((status) => status !== 200 && status !== 409)).toEqual([]);
  const [row] = await app.sql<{ paid: number }>(
    `select count(*)::integer as paid from payment_link_choices c join invoices i on i.id = c.invoice_id where c.link_id = $1 and i.status = 'PAID'`,
    [link.id],
  );
  return { link, late, paid: row?.paid ?? 0 };
}

describe('the last ten payments of a link, for which 200 payers race on the ledger and over HTTP', () => {
  it('are exactly ten, and the surplus is held (B01, B03)', async () => {
    const { link, late, paid } = await race();
    expect([paid, await counters(link)]).toEqual([12, ['completed', 12, 12, 0]]);
    const all = (await outcomes(...late)).map((each) => each.join());
    const took = all.filter((outcome) => outcome === 'late').length;
    expect([took <= 10, all.filter((outcome) => outcome === 'link_full').length]).toEqual([true, 100 - took]);
    expect(new Set(await Promise.all(late.map(statusOf)))).toEqual(
      new Set(took === 0 ? ['EXPIRED'] : ['PAID', 'EXPIRED']),
    );
    expect((await told(link)).filter((type) => type === 'link.completed' || type === 'link.limit_exceeded')).toEqual([
      'link.completed',
    ]);
    await assertSound();
  });

  it('are more than ten where late money pays whatever became of its slot', async () => {
    const locks = app.get(LinkLocksService);
    const hold = locks.hold.bind(locks);
    jest.spyOn(locks, 'hold').mockImplementation(async (...args) => {
      const { busy, rivalryOf } = await hold(...args);
      return { busy, rivalryOf: (id) => ({ ...rivalryOf(id), limitedLinkId: null }) };
    });
    expect((await race()).paid).toBeGreaterThan(12);
  });
});

describe('late money for the last slot', () => {
  it('of two payments in one page goes to the first on the ledger', async () => {
    const link = await make({ maxPayments: 2 });
    const [first, second] = (await lapsed(link, 2)) as [Invoice, Invoice];
    await changed(link, { maxPayments: 1 });
    await pay(second, first);
    expect([await outcomes(first, second), await statusOf(first), await statusOf(second)]).toEqual([
      [['link_full'], ['late']],
      'EXPIRED',
      'PAID',
    ]);
    expect(await counters(link)).toEqual(['completed', 1, 1, 0]);
    await assertSound();
  });

  /** Two transactions that judge one payment each. */
  const together = async (before: (invoices: readonly Invoice[]) => void = () => undefined): Promise<unknown[]> => {
    const link = await make({ maxPayments: 2 });
    const invoices = await lapsed(link, 2);
    await changed(link, { maxPayments: 1 });
    const pages = [];
    for (const invoice of invoices) pages.push(await payOnLedger([invoice]));
    before(invoices);
    await Promise.all(pages.map(record));
    return (await outcomes(...invoices)).flat().toSorted();
  };

  it('of two payments at the same moment goes to one', async () => {
    expect(await together()).toEqual(['late', 'link_full']);
  });

  it('goes to both where the room of a link is read before it is held', async () => {
    const transactions = app.get(Transactions);
    const rows = transactions.rows.bind(transactions);
    const arrived = new Set<string>();
    let letBoth = (): void => undefined;
    const both = new Promise<void>((resolve) => (letBoth = resolve));
    const unheld = (invoices: readonly Invoice[]): unknown =>
      jest.spyOn(transactions, 'rows').mockImplementation(async (text, values) => {
        const named = invoices.find(({ id }) => (values?.[1] as string[] | undefined)?.includes?.(id));
        if (named === undefined || !text.includes('"limitedLinkId"')) return rows(text, values);
        const found = await rows(text.replace(/ for no key update of l( skip locked)?/, ''), values);
        if (arrived.add(named.id).size === 2) letBoth();
        await both;
        return found as never;
      });
    expect(await together(unheld)).toEqual(['late', 'late']);
  });

  it('is held where the slot went to somebody else, changes nothing, and is told', async () => {
    const link = await make({ maxPayments: 1 });
    const [slow] = (await lapsed(link, 1)) as [Invoice];
    const quick = await open(link);
    const credits = await payOnLedger([slow]);
    // The slot is only held, not paid: it is nobody else's all the same.
    await record(credits);
    expect([await outcomes(slow), await statusOf(slow), await counters(link)]).toEqual([
      [['link_full']],
      'EXPIRED',
      ['sold_out', 1, 0, 0],
    ]);
    const [held] = await heldFor(slow);
    expect(held.attributes).toMatchObject({
      status: 'held',
      disposition: 'suspense',
      outcome: 'link_full',
      amount: '2.00',
    });
    const [event] = await app.sql<{ type: string; data: Json }>('select type, data from events where subject_id = $1', [
      held.id,
    ]);
    expect(event).toMatchObject({
      type: 'payment.suspended',
      data: { outcome: 'link_full', invoiceId: slow.publicId, received: '0.00' },
    });
    await pay(quick);
    expect(await counters(link)).toEqual(['completed', 1, 1, 0]);
    // Who asks for it by its hash is told what has become of the invoice.
    await expect(
      app.get(ConfirmationService).confirm(slow.publicId, credits[0]?.transactionHash ?? ''),
    ).rejects.toMatchObject({ code: 'invoice_not_payable' });
    await assertSound();
  });

  it('counts in part, and is held when it would complete the sum', async () => {
    const link = await make({ maxPayments: 1 });
    const [slow] = (await lapsed(link, 1)) as [Invoice];
    await open(link);
    await record(await payOnLedger([slow], '1'));
    await record(await payOnLedger([slow], '1'));
    expect([await outcomes(slow), await statusOf(slow), await counters(link)]).toEqual([
      [['late', 'link_full']],
      'EXPIRED',
      ['sold_out', 1, 0, 0],
    ]);
    await assertSound();
  });

  it('takes a slot that is free, and a held slot is not given away for it', async () => {
    const link = await make({ maxPayments: 2 });
    const [slow] = (await lapsed(link, 1)) as [Invoice];
    const held = await open(link);
    await pay(slow, held);
    expect([await outcomes(slow, held), await counters(link)]).toEqual([
      [['late'], ['exact']],
      ['completed', 2, 2, 0],
    ]);
  });
});

describe('money that was held because the link was full', () => {
  const full = async (): Promise<{ link: Json; slow: Invoice; quick: Invoice }> => {
    const link = await make({ maxPayments: 1 });
    const [slow] = (await lapsed(link, 1)) as [Invoice];
    const quick = await open(link);
    await pay(slow);
    return { link, slow, quick };
  };

  it('counts over the limit when it is attached by hand, and is told', async () => {
    const { link, slow, quick } = await full();
    await pay(quick);
    await attach(slow);
    expect([await statusOf(slow), await counters(link), (await told(link)).slice(-2)]).toEqual([
      'PAID',
      ['completed', 1, 1, 1],
      ['link.completed', 'link.limit_exceeded'],
    ]);
    await assertSound();
  });

  it('takes a slot when one has become free before it is attached', async () => {
    const { link, slow } = await full();
    await lapse();
    expect(await counters(link)).toEqual(['active', 0, 0, 0]);
    await attach(slow);
    expect([await statusOf(slow), await counters(link)]).toEqual(['PAID', ['completed', 1, 1, 0]]);
    await assertSound();
  });

  it('stays held when the limit is raised, for its owner to decide', async () => {
    const { link, slow, quick } = await full();
    await pay(quick);
    await changed(link, { maxPayments: 2 });
    expect([await statusOf(slow), (await heldFor(slow)).length, await counters(link)]).toEqual([
      'EXPIRED',
      1,
      ['active', 1, 1, 0],
    ]);
    await attach(slow);
    expect(await counters(link)).toEqual(['completed', 2, 2, 0]);
    await assertSound();
  });
});

describe('a limit that is raised', () => {
  const completed = async (attributes: object = {}): Promise<Json> => {
    const link = await make({ maxPayments: 1, ...attributes });
    await pay(await open(link));
    expect(await counters(link)).toEqual(['completed', 1, 1, 0]);
    return link;
  };

  it('opens a completed link again, tells it, notes who did it, and reminds of its end', async () => {
    const link = await completed();
    expect(await reminders(link)).toEqual([]);
    await changed(link, { maxPayments: 2 });
    expect([await counters(link), (await told(link)).slice(-3), await reminders(link)]).toEqual([
      ['active', 1, 1, 0],
      ['link.completed', 'link.updated', 'link.reopened'],
      [link.attributes.expiresAt],
    ]);
    const [entry] = await app.sql<{ before: Json; after: Json }>(
      `select before, after from audit_entries where subject_id = $1 and action = 'payment_link.updated'`,
      [link.id],
    );
    expect(entry).toMatchObject({
      before: { status: 'completed', maxPayments: 1 },
      after: { status: 'active', maxPayments: 2 },
    });
    await assertSound();
    await pay(await open(link));
    expect([await counters(link), (await told(link)).at(-1), await reminders(link)]).toEqual([
      ['completed', 2, 2, 0],
      'link.completed',
      [],
    ]);
    await assertSound();
  });

  it('to none opens it for good', async () => {
    const link = await completed();
    await changed(link, { maxPayments: null });
    await pay(await open(link), await open(link));
    expect(await counters(link)).toEqual(['active', 3, 3, 0]);
    await assertSound();
  });

  it('opens it once, however many raise it at the same moment', async () => {
    const link = await completed();
    const answers = await Promise.all([2, 3, 4, 5].map((maxPayments) => patch(link, { maxPayments })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await told(link)).filter((type) => type === 'link.reopened')).toHaveLength(1);
    await assertSound();
  });

  it('opens nothing after the end of the link', async () => {
    const link = await completed({ expiresAt: ahead(HOUR_MS) });
    clock.advance(HOUR_MS + 1000);
    expect(await refused(link, { maxPayments: 2 })).toEqual([
      409,
      'link_final',
      expect.stringMatching(/^Its time was over at .*: make a new payment link$/),
    ]);
    expect(await counters(link)).toEqual(['completed', 1, 1, 0]);
  });

  it('ends again by time, and by its owner', async () => {
    const [byTime, byOwner] = [await completed({ expiresAt: ahead(HOUR_MS) }), await completed()];
    for (const link of [byTime, byOwner]) await changed(link, { maxPayments: 2 });
    expect((await shop.partner.command(`payment_links/${byOwner.id}/expiration`)).status).toBe(200);
    clock.advance(HOUR_MS + 1000);
    await app.network.closeLedger();
    await readLedger();
    await expireDue(app);
    for (const link of [byTime, byOwner]) expect(await counters(link)).toEqual(['expired', 1, 1, 0]);
    await assertSound();
  });

  it('is all that can be changed of a completed link, beside its notes', async () => {
    const link = await completed();
    for (const attributes of [
      { title: 'Two' },
      { status: 'active' },
      { maxPayments: 2, title: 'Two' },
      { maxPayments: 2, status: 'inactive' },
      { maxPayments: 2, expiresAt: ahead(2 * HOUR_MS) },
    ])
      expect(await refused(link, attributes)).toEqual([409, 'link_final', expect.any(String)]);
    await changed(link, { maxPayments: 2, metadata: { why: 'more seats' } });
    expect((await read(link)).metadata).toEqual({ why: 'more seats' });
  });

  it('is judged after what pays its last slot at the same moment, or before', async () => {
    for (let round = 0; round < 5; round += 1) {
      const link = await make({ maxPayments: 1 });
      const credits = await payOnLedger([await open(link)]);
      const [answer] = await Promise.all([patch(link, { maxPayments: 2 }), record(credits)]);
      expect([answer.status, await counters(link)]).toEqual([200, ['active', 1, 1, 0]]);
    }
    await assertSound();
  });
});

describe('a link without end', () => {
  const author = (): Parameters<LinkOpeningService['open']>[0] =>
    ({ merchantId: shop.merchantId, network: 'sandbox', actor: 'test', requestId: null }) as never;
  const endless = async (kind: 'donation' | 'standard' = 'donation'): Promise<Json> => {
    const { link } = await app.get(LinkOpeningService).open(author(), {
      network: 'sandbox',
      products: [],
      taxRate: null,
      terms: {
        kind,
        amount: kind === 'donation' ? 20_000_000n : null,
        openAmount: kind === 'donation' ? null : { minimum: 10_000_000n, maximum: 90_000_000n, presets: [] },
        maxPayments: null,
        maxQuantity: null,
        recurrence: null,
        scale: 2,
        currency: 'XLM',
        accountCurrency: null,
        payCurrencies: null,
        paymentMethods: ['on_chain'],
        reference: null,
        successRedirectUrl: null,
        unsuccessRedirectUrl: null,
        title: null,
        description: null,
        metadata: null,
        expiresAt: null,
      },
    });
    return (await shop.partner.get(`payment_links/${link.id}`)).body.data;
  };

  it('is told as one, waits in no queue, and is still open a year later', async () => {
    const link = await endless();
    expect([link.attributes.expiresAt, await reminders(link)]).toEqual([null, []]);
    clock.advance(400 * 24 * HOUR_MS);
    expect((await app.get(LinkCheckoutService).offer(link.attributes.publicId)).state).toBe('open');
    await expireDue(app);
    expect((await read(link)).status).toBe('active');
    await assertSound();
  });

  it('opens invoices that end, and is paid', async () => {
    const link = await endless();
    const [slow] = (await lapsed(link, 1)) as [Invoice];
    expect([slow.expiresAt === null, await statusOf(slow)]).toEqual([false, 'EXPIRED']);
    await pay(await open(link), slow);
    expect(await counters(link)).toEqual(['active', 2, 2, 0]);
  });

  it('that can be used once ends with the choice that is paid', async () => {
    const link = await endless('standard');
    const choose = (): Promise<Invoice> =>
      app.get(LinkCheckoutService).open(link.attributes.publicId, { asset: 'XLM', amount: '2' }, address());
    const first = await choose();
    await lapse();
    expect([await statusOf(first), (await read(link)).status, await reminders(link)]).toEqual([
      'EXPIRED',
      'created',
      [],
    ]);
    await pay(await choose());
    expect((await read(link)).status).toBe('completed');
    await assertSound();
  });

  it('gets an end and loses it again, with what reminds of it', async () => {
    const link = await endless();
    const change = (expiresAt: string | null): Promise<unknown> =>
      app.get(LinkChangesService).update(author(), link.id, { expiresAt });
    const end = ahead(HOUR_MS);
    await change(end);
    expect(await reminders(link)).toEqual([end]);
    await change(null);
    expect([(await read(link)).expiresAt, await reminders(link)]).toEqual([null, []]);
    expect((await shop.partner.command(`payment_links/${link.id}/expiration`)).body.data.attributes).toMatchObject({
      status: 'expired',
      expiresAt: null,
    });
    await assertSound();
  });

  it('is not made by a partner, who says an end', async () => {
    const { status } = await shop.partner.create('payment_links', {
      kind: 'donation',
      amount: '2',
      currency: 'XLM',
      paymentType: 'Invoice',
      expiresAt: null,
    });
    expect(status).toBe(422);
    expect((await patch(await make({}), { expiresAt: null })).status).toBe(422);
  });
});
