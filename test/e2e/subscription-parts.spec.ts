import { Asset, Operation } from '@stellar/stellar-sdk';
import { isDomainError } from '../../src/common/errors';
import { PaymentsService } from '../../src/payments/payments.service';
import { ReconciliationService } from '../../src/payments/reconciliation.service';
import { muxedAddress } from '../../src/stellar/address';
import type { Credit } from '../../src/stellar/ledger-source';
import { LedgerSources } from '../../src/stellar/ledger-sources';
import { SubscriptionActionsService } from '../../src/subscriptions/subscription-actions.service';
import { TestApp } from '../support/app';
import type { TestShop } from '../support/shop';
import { DAY, forward, soundBooks, Subscriber } from '../support/subscriber';

const WEEKLY = { interval: 'week', reactivationDays: 5 };

/** What became of the money that named a subscription: disposition, outcome, amount. */
async function money(club: Subscriber): Promise<string[]> {
  const rows = await club.app.sql<{ text: string }>(
    `select p.disposition || ' ' || p.outcome || ' ' || p.amount / 10000000.0 as text from payments p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id
     where i.subscription_id = $1 order by p.operation_id, p.change_index`,
    [club.id],
  );
  return rows.map(({ text }) => text.replace(/\.?0+$/, ''));
}

describe('a part of a period that is not asked for any more', () => {
  let app: TestApp;
  let shop: TestShop;
  beforeAll(async () => {
    app = await Subscriber.app();
    shop = await app.shop();
  });
  afterAll(() => app.stop());
  afterEach(() => soundBooks(app));

  const command = async (path: string, attributes: object = {}): Promise<void> => {
    const { status, text } = await shop.partner.create(path, attributes);
    expect([status, text]).toEqual([200, text]);
  };
  /** The second invoice of each is open and a part of it is paid. */
  const partlyPaid = async (): Promise<readonly [Subscriber, Subscriber]> => {
    const clubs = [await Subscriber.begin(app, shop, WEEKLY), await Subscriber.begin(app, shop, WEEKLY)] as const;
    for (const club of clubs) await club.pay();
    await forward(app, { advanceSeconds: 6 * DAY });
    for (const club of clubs) await club.pay(1, '5');
    return clubs;
  };
  const invoiceOf = async (
    club: Subscriber,
    index: number,
  ): Promise<{ id: string; status: string; received: bigint }> => {
    const [row] = await app.sql<{ id: string; status: string; received: bigint }>(
      'select id, status, received from invoices where subscription_id = $1 and period_index = $2',
      [club.id, index],
    );
    if (row === undefined) throw new Error('no such invoice');
    return row;
  };

  const CLOSINGS: readonly [string, (club: Subscriber) => Promise<unknown>, string][] = [
    ['its merchant cancels the subscription', (club) => command(`subscriptions/${club.id}/cancellation`), 'cancelled'],
    [
      'the payer cancels in the portal',
      async (club) => {
        const token = club.portal.split('/').at(-1) as string;
        const { status, text } = await app.client.post(`/checkout/subscriptions/${token}/cancellation`, {
          atPeriodEnd: false,
        });
        expect([status, text]).toEqual([200, text]);
      },
      'cancelled',
    ],
    [
      'it ends with the time that is paid for',
      async (club) => {
        await command(`subscriptions/${club.id}/cancellation`, { atPeriodEnd: true });
        await forward(app, { advanceSeconds: 2 * DAY });
      },
      'cancelled',
    ],
    [
      'a pause takes the period out',
      async (club) => {
        const pausedUntil = new Date(((await club.row())['paid_through'] as Date).getTime() + 3 * DAY * 1000);
        const attributes = { pausedUntil: pausedUntil.toISOString() };
        const { status, text } = await shop.partner.send('PATCH', `subscriptions/${club.id}`, {
          data: { type: 'subscriptions', id: club.id, attributes },
        });
        expect([status, text]).toEqual([200, text]);
      },
      'active',
    ],
    [
      'its merchant cancels the invoice alone',
      async (club) => {
        const { status, text } = await shop.partner.command(`invoices/${(await invoiceOf(club, 1)).id}/cancellation`);
        expect([status, text]).toEqual([200, text]);
      },
      'active',
    ],
  ];
  it.each(CLOSINGS)('is held when %s, and can be sent back', async (_what, close, status) => {
    const [club, other] = await partlyPaid();
    expect(await money(club)).toEqual(['applied exact 12.5', 'applied under 5']);
    await close(club);
    expect([await club.status(), await invoiceOf(club, 1)]).toMatchObject([
      status,
      { status: 'CANCELLED', received: 0n },
    ]);
    expect(await money(club)).toEqual(['applied exact 12.5', 'suspense invoice_closed 5']);
    const [payment] = await app.sql<{ id: string; told: string[] }>(
      `select p.id, array(select e.type from events e where e.subject_id = p.id order by e.written_at) as told from payments p where p.invoice_id = $1`,
      [(await invoiceOf(club, 1)).id],
    );
    expect(payment?.told).toEqual(['payment.received', 'payment.released']);
    const back = await shop.partner.create(
      'payment_resolutions',
      { action: 'refund' },
      { payment: { data: { type: 'payments', id: payment?.id } } },
    );
    expect([back.status, back.text]).toEqual([201, back.text]);
    expect((await invoiceOf(other, 1)).received).toBe(50_000_000n);
  });

  it.each([
    ['cancelled', (club: Subscriber) => command(`subscriptions/${club.id}/cancellation`)],
    ['incomplete_expired', () => forward(app, { advanceSeconds: DAY })],
  ] as const)('is held when the enrolment is %s', async (status, end) => {
    const club = await Subscriber.begin(app, shop, WEEKLY);
    await club.pay(0, '5');
    await end(club);
    expect([await club.status(), await money(club), (await club.row())['due_at']]).toEqual([
      status,
      ['suspense invoice_closed 5'],
      null,
    ]);
    expect(await invoiceOf(club, 0)).toMatchObject({ received: 0n });
  });

  it('counts while late money can complete it, and is held afterwards', async () => {
    const [late, lost] = await partlyPaid();
    await forward(app, { advanceSeconds: 5 * DAY });
    await late.pay(1, '7.5');
    expect([await late.status(), await money(late)]).toEqual([
      'active',
      ['applied exact 12.5', 'applied under 5', 'applied late 7.5'],
    ]);
    expect([await lost.status(), (await money(lost))[1]]).toEqual(['lapsed', 'applied under 5']);
    await forward(app, { advanceSeconds: 5 * DAY });
    expect([await lost.status(), await invoiceOf(lost, 1)]).toMatchObject([
      'lapsed',
      { status: 'EXPIRED', received: 0n },
    ]);
    expect(await money(lost)).toEqual(['applied exact 12.5', 'suspense invoice_closed 5']);
    await lost.pay(1, '7.5');
    expect([await lost.status(), (await money(lost)).at(-1)]).toEqual(['lapsed', 'suspense too_late 7.5']);
  });
});

const ROUNDS = 120;
const AT_ONCE = 8;
/** Operations in one transaction. */
const OPERATIONS = 80;

/** The ledger is read when the test says so; everything else runs as in life, and all at once. */
describe('S10 cancellations and payments at the same moment', () => {
  let app: TestApp;
  let shop: TestShop;
  beforeAll(async () => {
    app = await TestApp.start({ env: { SANDBOX_CLOCK: '1', LIMIT_UNPAID_CHECKOUTS: '1000' }, reconcile: false });
    shop = await app.shop();
  });
  afterAll(() => app.stop());

  interface Round {
    readonly id: string;
    readonly invoiceId: string;
    readonly reference: bigint;
    readonly destination: string;
  }
  const ingest = async (): Promise<void> => {
    while ((await app.get(ReconciliationService).ingestPage('sandbox')).more);
  };
  const open = (index: number): Promise<Round[]> =>
    app.sql<Round>(
      `select subscription_id as id, id as "invoiceId", reference_number as reference, destination from invoices where period_index = $1 and status = 'PENDING' order by subscription_id`,
      [index],
    );
  /** Pays each what it says, by its number; every credit by that number. */
  const pay = async (rounds: readonly Round[], amountOf: (at: number) => string): Promise<Map<bigint, Credit>> => {
    const wallet = await app.wallet();
    const credits = new Map<bigint, Credit>();
    for (let at = 0; at < rounds.length; at += OPERATIONS) {
      const sent = await wallet.submitTimeless(
        rounds.slice(at, at + OPERATIONS).map(({ destination, reference }, place) =>
          Operation.payment({
            destination: muxedAddress(destination, reference),
            asset: Asset.native(),
            amount: amountOf(at + place),
          }),
        ),
      );
      const found = await app.get(LedgerSources).of('sandbox').transaction(sent.hash);
      for (const credit of found?.credits ?? []) credits.set(credit.muxedId ?? 0n, credit);
    }
    return credits;
  };
  /** As callers do who are told that the service is busy. */
  const persistent = async <T>(act: () => Promise<T>): Promise<T> => {
    for (let asked = 1; ; asked += 1) {
      try {
        return await act();
      } catch (error) {
        if (!isDomainError(error, 'database_busy') || asked === 10) throw error;
      }
    }
  };

  it(`${ROUNDS} rounds: renewed and then cancelled, or cancelled and the money held; a part is always held`, async () => {
    const link = await Subscriber.link(app, shop, WEEKLY);
    for (let at = 0; at < ROUNDS; at += AT_ONCE) {
      const enrolled = await Promise.all(Array.from({ length: AT_ONCE }, () => Subscriber.enrol(app, link)));
      expect(enrolled.map(({ status }) => status)).toEqual(enrolled.map(() => 200));
    }
    await pay(await open(0), () => '12.5');
    await ingest();
    await forward(app, { advanceSeconds: 6 * DAY });
    const rounds = await open(1);
    expect(rounds).toHaveLength(ROUNDS);
    const isPart = (at: number): boolean => at % 2 === 0;
    const credits = await pay(rounds, (at) => (isPart(at) ? '5' : '12.5'));
    const endings = new Map<string, number>();
    const actor = { merchantId: shop.merchantId, network: 'sandbox', actor: 'payer', requestId: null } as const;
    const race = async ({ id, invoiceId, reference }: Round, at: number): Promise<void> => {
      const recorded = (): Promise<unknown> =>
        app.get(PaymentsService).record('sandbox', [credits.get(reference) as Credit]);
      const cancelled = (): Promise<unknown> => app.get(SubscriptionActionsService).cancel(actor, id, false);
      const all = at % 4 < 2 ? [recorded, cancelled] : [cancelled, recorded];
      await Promise.all(all.map(persistent));
      const [row] = await app.sql<{ ending: string }>(
        `select concat_ws(' ', s.status, case when s.paid_through > n.ends_at then 'through' end, n.state, i.status, i.received > 0, m.disposition, m.outcome) as ending
         from subscriptions s join subscription_periods b on b.subscription_id = s.id and b.period_index = 0 join subscription_periods p on p.subscription_id = s.id and p.period_index = 1
           cross join lateral (select b.ends_at, p.state) as n join invoices i on i.id = p.invoice_id join payments m on m.invoice_id = i.id where i.id = $1`,
        [invoiceId],
      );
      const held = 'cancelled cancelled CANCELLED f suspense invoice_closed';
      const paid = 'cancelled through paid PAID t applied exact';
      expect(isPart(at) ? [held] : [held, paid]).toContain(row?.ending);
      const told = await app.sql<{ type: string }>(
        `select e.type from events e join payments p on p.merchant_id = e.merchant_id and p.id = e.subject_id where p.invoice_id = $1`,
        [invoiceId],
      );
      const way = `${row?.ending} ${told
        .map(({ type }) => type)
        .toSorted()
        .join(' ')}`;
      endings.set(way, (endings.get(way) ?? 0) + 1);
    };
    for (let at = 0; at < ROUNDS; at += AT_ONCE)
      await Promise.all(rounds.slice(at, at + AT_ONCE).map((round, place) => race(round, at + place)));
    // Each has won against the other, for parts and for whole sums.
    expect([...endings.keys()].toSorted()).toEqual([
      'cancelled cancelled CANCELLED f suspense invoice_closed payment.received payment.released',
      'cancelled cancelled CANCELLED f suspense invoice_closed payment.suspended',
      'cancelled through paid PAID t applied exact payment.confirmed',
    ]);
    await ingest();
    await soundBooks(app);
  });
});
