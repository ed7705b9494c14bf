import { Clock } from '../../src/common/clock';
import { Transactions } from '../../src/database/transactions';
import { SubscriptionTimeService } from '../../src/subscriptions/subscription-time.service';
import { HeldSurplusRepository } from '../../src/payments/held-surplus.repository';
import { HeldSurplusService } from '../../src/payments/held-surplus.service';
import { HeldRows } from '../chaos/held-rows';
import { eventually, type TestApp } from '../support/app';
import type { TestShop } from '../support/shop';
import { DAY, forward, soundBooks, Subscriber } from '../support/subscriber';

let app: TestApp;
let shop: TestShop;
beforeAll(async () => {
  app = await Subscriber.app();
  shop = await app.shop();
});
afterAll(async () => {
  await HeldRows.releaseAll();
  await app.stop();
});

/** A subscriber who has paid the first period twice; the second payment is held. */
async function early(): Promise<{ readonly club: Subscriber; readonly paymentId: string }> {
  const club = await Subscriber.begin(app, shop, { interval: 'week' });
  await club.pay();
  await club.pay(0);
  expect(await club.outcomes()).toEqual(['exact', 'period_paid']);
  const [held] = await app.sql<{ id: string }>(
    `select p.id from payments p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id where i.subscription_id = $1 and p.outcome = 'period_paid'`,
    [club.id],
  );
  return { club, paymentId: held?.id as string };
}
const refunded = (paymentId: string): ReturnType<TestShop['partner']['create']> =>
  shop.partner.create(
    'payment_resolutions',
    { action: 'refund' },
    { payment: { data: { type: 'payments', id: paymentId } } },
  );
const DECIDED = `insert into payment_resolutions (merchant_id, id, payment_id, network, action, held_as, created_by, created_at)
  select merchant_id, gen_random_uuid(), id, network, 'refund', outcome, 'key:x', now() from payments where id = $1`;

describe('held money that two decide about at once', () => {
  it.each([
    ['refund', {}],
    ['dismiss', { reason: 'a mistake' }],
  ])('is not refused to the payer by %s after it was counted for the next period', async (action, more) => {
    const { paymentId } = await early();
    const counting = await HeldRows.hold(
      app.databaseUrl,
      `update payments set disposition = 'applied', outcome = 'rolled_forward', applied_at = now() where id = $1`,
      [paymentId],
    );
    const answer = shop.partner.create(
      'payment_resolutions',
      { action, ...more },
      { payment: { data: { type: 'payments', id: paymentId } } },
    );
    await counting.awaited();
    await counting.commit();
    const { status, body } = await answer;
    expect([status, body.errors?.[0]?.code]).toEqual([409, 'payment_not_held']);
    expect(await app.sql('select from payment_resolutions where payment_id = $1', [paymentId])).toEqual([]);
    await app.sql(`update payments set disposition = 'suspense', outcome = 'period_paid' where id = $1`, [paymentId]);
  });

  it('is not counted for a period after it was refunded', async () => {
    const { club, paymentId } = await early();
    const { status, text } = await refunded(paymentId);
    expect([status, text]).toEqual([201, text]);
    await forward(app, { advanceSeconds: 6 * DAY });
    expect([(await club.periods())[1]?.state, await club.outcomes()]).toEqual(['open', ['exact', 'period_paid']]);
    await soundBooks(app);
  });

  it('is not counted where the decision came between the look and the hold', async () => {
    const { club, paymentId } = await early();
    const [invoice] = await app.sql<{ merchantId: string; id: string }>(
      'select merchant_id as "merchantId", invoice_id as id from payments where id = $1',
      [paymentId],
    );
    const surplus = app.get(HeldSurplusRepository);
    const other = await app.sql<{ id: string }>(
      `select id from invoices where subscription_id <> $1 and status = 'PAID' limit 1`,
      [club.id],
    );
    const [payment] = await app.sql<{ id: string }>('select id from payments where id = $1', [paymentId]);
    await app.sql(DECIDED, [paymentId]);
    const apply = app
      .get(Transactions)
      .run(async () =>
        surplus.apply([{ ...payment, merchantId: invoice?.merchantId, openId: other[0]?.id } as never], new Date()),
      );
    await expect(apply).rejects.toMatchObject({ code: 'database_busy' });
    await app.sql('delete from payment_resolutions where payment_id = $1', [paymentId]);
    expect(await club.outcomes()).toEqual(['exact', 'period_paid']);
  });
});

/** Money for the paid period comes when time has opened the next one, looked for held money, and not committed. */
async function meeting(until: (club: Subscriber) => Promise<unknown>): Promise<Subscriber> {
  const club = await Subscriber.begin(app, shop, { interval: 'week' });
  await club.pay();
  const surplus = app.get(HeldSurplusService);
  const [looked, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const apply = surplus.apply.bind(surplus);
  const spy = jest.spyOn(surplus, 'apply').mockImplementation(async (opened) => {
    const paid = await apply(opened);
    looked.resolve();
    await goesOn.promise;
    return paid;
  });
  try {
    const now = app.get(Clock).now().getTime();
    const opened = app.get(SubscriptionTimeService).run('sandbox', new Date(now + 6.5 * DAY * 1000));
    await looked.promise;
    const paid = club.pay(0);
    await until(club).finally(goesOn.resolve);
    await Promise.all([opened, paid]);
  } finally {
    spy.mockRestore();
  }
  return club;
}
const waiting = async (): Promise<boolean> =>
  (
    await app.sql(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%from subscriptions%'`,
    )
  ).length > 0;
const aside = async (): Promise<boolean> =>
  (await app.sql('select from quarantined_items where retry_at is not null')).length > 0;

describe('money for a paid period while the next one opens', () => {
  it.each([
    ['the reader waits for it', waiting],
    ['the reader has put it aside and gone on', aside],
  ])('counts for the next one, when %s', async (_how, met) => {
    const club = await meeting((subscriber) =>
      eventually(
        async () => (await met()) || (await subscriber.outcomes()).length > 1,
        (isThere) => isThere,
      ),
    );
    expect([(await club.periods()).map(({ state }) => state), await club.outcomes()]).toEqual([
      ['paid', 'paid'],
      ['exact', 'rolled_forward'],
    ]);
    await soundBooks(app);
  });
});
