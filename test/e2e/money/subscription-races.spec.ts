import { Transactions } from '../../../src/database/transactions';
import { LinkSlotsRepository } from '../../../src/links/slots/link-slots.repository';
import { LinksRepository } from '../../../src/links/links.repository';
import { PaymentsService } from '../../../src/payments/payments.service';
import type { Credit } from '../../../src/stellar/ledger-source';
import { LedgerSources } from '../../../src/stellar/ledger-sources';
import { EnrolmentService } from '../../../src/subscriptions/enrolment.service';
import { SubscriptionTimeService } from '../../../src/subscriptions/subscription-time.service';
import { type Answer, ApiClient } from '../../support/api-client';
import { type TestApp } from '../../support/app';
import { after, type Bill, StillService } from '../../support/still-service';
import { DAY, soundBooks, Subscriber } from '../../support/subscriber';

type LockedLink = Awaited<ReturnType<LinksRepository['lock']>>;

const ROUNDS = 500;
const WEEKLY = { interval: 'week' };
const AT_ONCE = 10;

jest.setTimeout(600_000);

/** Everything that can come together at one subscription, and does. */
describe('subscriptions at the same moment', () => {
  let still: StillService;
  let second: TestApp;
  let merchant: ApiClient;
  /** Of each subscription. */
  let portals: ReadonlyMap<string, string>;
  beforeAll(async () => {
    still = await StillService.open();
    second = await still.beside();
    merchant = new ApiClient(still.app.url, { authorization: `Bearer ${still.shop.key}` });
    portals = await members(ROUNDS);
  });
  afterAll(async () => {
    await second.stop();
    await still.stop();
  });

  const link = (more: object = {}): ReturnType<typeof Subscriber.link> =>
    Subscriber.link(still.app, still.shop, WEEKLY, { amount: '1', ...more });
  const now = (): Date => still.clock.now();

  /** As callers do who are told that the service is busy; who is told so five times has found a fault. */
  async function persistent(ask: () => Promise<Answer>): Promise<Answer> {
    for (let asked = 1; ; asked++) {
      const answer = await ask();
      if (answer.status !== 503 || asked === 5) return answer;
    }
  }

  /** That many have subscribed to one link, and paid for the first period; the addresses of their portals. */
  async function members(count: number, more: object = {}): Promise<Map<string, string>> {
    const to = await link(more);
    const begun = new Map<string, string>();
    let waiting = count;
    const enrols = async (): Promise<void> => {
      while (waiting > 0) {
        waiting -= 1;
        const { invoice, portalUrl } = await still.app
          .get(EnrolmentService)
          .enrol(to.publicId, { asset: 'XLM' }, { email: null }, '192.0.2.1', null);
        begun.set(invoice.publicId, new URL(portalUrl).pathname.replace('/s/', '/checkout/subscriptions/'));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, enrols));
    const rows = await still.app.sql<{ id: string; publicId: string }>(
      'select subscription_id as id, public_id as "publicId" from invoices where public_id = any($1)',
      [[...begun.keys()]],
    );
    const ids = rows.map(({ id }) => id);
    await still.at(after(now(), 60), await still.bills(ids));
    return new Map(rows.map(({ id, publicId }) => [id, begun.get(publicId) as string]));
  }

  const invoicesOf = (ids: readonly string[], index: number): Promise<Bill[]> => still.bills(ids, index);

  it(`(S5) two workers claim the same due subscription, ${ROUNDS} times: one invoice each`, async () => {
    const ids = [...portals.keys()];
    const due = await still.app.sql<{ at: Date }>(
      'select distinct due_at as at from subscriptions where id = any($1) order by due_at',
      [ids],
    );
    const last = due.at(-1)?.at as Date;
    await still.close(after(last, 60));
    await still.read();
    const workers = [still.app, second].map((app) => app.get(SubscriptionTimeService));
    let moved = 0;
    for (const { at } of due) {
      const counts = await Promise.all(workers.map((worker) => worker.run('sandbox', after(at, 1))));
      moved += counts[0] as number;
      moved += counts[1] as number;
    }
    expect([due.length > ROUNDS * 0.9, moved]).toEqual([true, ROUNDS]);
    expect((await invoicesOf(ids, 1)).length).toBe(ROUNDS);
    const told = await still.app.sql<{ count: bigint }>(
      `select count(*) from events where type = 'subscription.invoice_opened' and subject_id = any($1)`,
      [ids],
    );
    expect(told).toEqual([{ count: BigInt(ROUNDS) }]);
    await still.tell();
    await soundBooks(still.app);
  });

  it(`(S10) cancelled over HTTP and paid on the ledger at once, ${ROUNDS} rounds: renewed and then cancelled, or cancelled and the money held`, async () => {
    const ids = [...portals.keys()];
    const bills = await invoicesOf(ids, 1);
    const hashes = await still.close(after(now(), 60), bills);
    const pages = await Promise.all(hashes.map((hash) => still.app.get(LedgerSources).of('sandbox').transaction(hash)));
    const credits = new Map(pages.flatMap((page) => page?.credits ?? []).map((each) => [each.muxedId, each]));
    expect(credits.size).toBe(ROUNDS);
    const cancel = (id: string, round: number): Promise<Answer> =>
      round % 2 === 0
        ? merchant.post(
            `/api/public/v1/subscriptions/${id}/cancellation`,
            { data: { type: 'subscriptions', attributes: {} } },
            { 'content-type': 'application/vnd.api+json' },
          )
        : still.app.client.post(portals.get(id) + '/cancellation', { atPeriodEnd: false });
    for (const [round, bill] of bills.entries()) {
      const pay = async (): Promise<unknown> => {
        // The cancellation has a way to go before it comes to the same row.
        for (let turns = round % 60; turns > 0; turns -= 1) await new Promise(setImmediate);
        return still.app.get(PaymentsService).record('sandbox', [credits.get(bill.reference) as Credit]);
      };
      const [answer] = await Promise.all([persistent(() => cancel(bill.subscription, round)), pay()]);
      expect([answer.status, answer.text]).toEqual([200, answer.text]);
    }
    await still.read();
    await still.work();
    await still.tell();
    const ends = await still.app.sql<{ end: string; count: bigint }>(
      `select concat_ws(' ', s.status, p.state, i.status, m.disposition, m.outcome, (s.paid_through - s.anchor_at)::text, (
           select string_agg(replace(e.type, 'subscription.', ''), ' then ' order by n.seq) from events e join event_numbers n on n.merchant_id = e.merchant_id and n.event_id = e.id
           where e.subject_id = s.id and e.type in ('subscription.renewed', 'subscription.cancelled'))) as "end", count(*)
       from subscriptions s join subscription_periods p on p.subscription_id = s.id and p.period_index = 1 join invoices i on i.id = p.invoice_id join payments m on m.invoice_id = i.id
       where s.id = any($1) group by 1 order by 1`,
      [ids],
    );
    expect(ends.map(({ end }) => end)).toEqual([
      'cancelled cancelled CANCELLED suspense invoice_closed 7 days cancelled',
      'cancelled paid PAID applied exact 14 days renewed then cancelled',
    ]);
    expect(ends.reduce((sum, { count }) => sum + Number(count), 0)).toBe(ROUNDS);
    await soundBooks(still.app);
  });

  it('(S14) 200 race for 10 enrolments: exactly 10, and what was not paid is there for others', async () => {
    const to = await link({ maxPayments: 10 });
    const race = async (count: number): Promise<Answer[]> =>
      Promise.all(Array.from({ length: count }, () => persistent(() => Subscriber.enrol(still.app, to))));
    const counted = (answers: readonly Answer[]): Record<string, number> =>
      Object.fromEntries(
        [...Map.groupBy(answers, ({ status, body }) => `${status} ${body.error ?? ''}`.trim())].map(([key, each]) => [
          key,
          each.length,
        ]),
      );
    const SOLD_OUT = '409 Every payment of this link is made or being made';
    const first = await race(200);
    expect(counted(first)).toEqual({ '200': 10, [SOLD_OUT]: 190 });
    const waiting = await still.app.sql<{ id: string }>('select id from subscriptions where link_id = $1 order by id', [
      to.id,
    ]);
    expect(waiting).toHaveLength(10);
    await still.at(after(now(), 60), await still.bills(waiting.slice(0, 4).map(({ id }) => id)));
    expect(counted(await race(20))).toEqual({ [SOLD_OUT]: 20 });
    await still.at(after(now(), 3_600));
    expect(counted(await race(100))).toEqual({ '200': 6, [SOLD_OUT]: 94 });
    const statuses = await still.app.sql(
      'select status, count(*)::integer from subscriptions where link_id = $1 group by 1 order by 1',
      [to.id],
    );
    expect(statuses).toEqual([
      { status: 'active', count: 4 },
      { status: 'incomplete', count: 6 },
      { status: 'incomplete_expired', count: 6 },
    ]);
    await soundBooks(still.app);
  });

  describe('what would come of it otherwise', () => {
    afterEach(() => jest.restoreAllMocks());

    it('(S5) of two workers who hold nothing both open the same periods, and the keys refuse one of them', async () => {
      const naive = await members(20);
      const ids = [...naive.keys()];
      for (const app of [still.app, second]) {
        const database = app.get(Transactions);
        const [rows, affected] = [database.rows.bind(database), database.affected.bind(database)];
        jest
          .spyOn(database, 'rows')
          .mockImplementation((text, values) =>
            rows(text.replace(/ for (no key )?update( of \w)?( skip locked)?$/, ''), values),
          );
        jest
          .spyOn(database, 'affected')
          .mockImplementation((text, values) => affected(text.replace('and s.version = c.version', ''), values));
      }
      await still.close(after(now(), 6 * DAY));
      await still.read();
      const ends = await Promise.allSettled([still.subscriptions(), still.subscriptions(second)]);
      jest.restoreAllMocks();
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect((await still.bills(ids, 1)).length).toBe(ids.length);
      await still.tell();
      await soundBooks(still.app);
    });

    it('(S14) who counts first and takes then lets more in than there is room for', async () => {
      const to = await link({ maxPayments: 10 });
      const database = still.app.get(Transactions);
      jest.spyOn(still.app.get(LinksRepository), 'lock').mockImplementation(async (_merchantId, id) => {
        const [row] = await database.rows<LockedLink>(
          'select status, invoice_id as "invoiceId", version from payment_links where id = $1',
          [id],
        );
        return row as LockedLink;
      });
      jest.spyOn(still.app.get(LinkSlotsRepository), 'take').mockImplementation(async ({ id }) => {
        const [row] = await database.rows<{ held: number }>(
          `select count(*)::integer as held from payment_link_choices where link_id = $1 and slot in ('held', 'paid')`,
          [id],
        );
        return row !== undefined && row.held < 10;
      });
      const answers = await Promise.all(Array.from({ length: 40 }, () => Subscriber.enrol(still.app, to)));
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(10);
    });
  });
});
