import { after, StillService } from '../support/still-service';
import { comingYear, DAY, forward, forwardTo, soundBooks, Subscriber } from '../support/subscriber';

it('(S1) of a month from 29 February asks twelve times in a year, on the right days, and tells each thing once', async () => {
  const app = await Subscriber.app();
  const shop = await app.shop();
  const year = comingYear(true);
  await forwardTo(app, `${year}-02-29T10:30:00.000Z`);
  const club = await Subscriber.begin(app, shop, { interval: 'month' });
  await club.pay();
  const days = Array.from({ length: 12 }, (_unused, at) =>
    new Date(Date.UTC(year, 1 + at, 29)).toISOString().slice(0, 10),
  );
  for (const [index, day] of days.entries()) {
    if (index === 0) continue;
    await forward(app, { to: after(new Date(`${day}T10:30:00.000Z`), -DAY).toISOString() });
    await club.pay(index);
  }
  const periods = await club.periods();
  expect(periods.map(({ starts, state, status }) => `${starts} ${state} ${status}`)).toEqual(
    days.map((day) => `${day} paid PAID`),
  );
  // The thirteenth is on the last day of a shorter February.
  const { attributes } = (await shop.partner.get(`subscriptions/${club.id}`)).body.data;
  expect([attributes.paidThrough.slice(0, 10), attributes.nextPeriodStartsAt.slice(0, 10)]).toEqual([
    `${year + 1}-02-28`,
    `${year + 1}-02-28`,
  ]);
  expect(await club.told()).toEqual([
    'created 0',
    'activated 0',
    ...days.slice(1).flatMap((_day, at) => [`invoice_opened ${at + 1}`, `reminder ${at + 1}`, `renewed ${at + 1}`]),
  ]);
  await soundBooks(app);
  await app.stop();
});

it('(S20) of days, opened with each day, is paid for 400 days without losing a second', async () => {
  const still = await StillService.open();
  const club = await still.member(after(still.clock.now(), 60), { interval: 'day', openDays: 0 });
  const anchor = (await club.row())['anchor_at'] as Date;
  for (let day = 1; day < 400; day += 1) {
    await still.close(after(anchor, day * DAY + 1));
    await still.read();
    await still.subscriptions();
    await still.close(after(anchor, day * DAY + 60), await still.bills([club.id]));
    await still.read();
  }
  await still.work();
  await still.tell();
  const rows = await still.app.sql<{ state: string; status: string; days: number; count: bigint }>(
    `select p.state, i.status, extract(epoch from p.starts_at - $2::timestamptz)::integer - 86400 * p.period_index as days, count(*) from subscription_periods p join invoices i on i.id = p.invoice_id where p.subscription_id = $1 group by 1, 2, 3`,
    [club.id, anchor],
  );
  expect(rows).toEqual([{ state: 'paid', status: 'PAID', days: 0, count: 400n }]);
  const told = await still.app.sql(
    `select type, count(*)::integer, count(distinct data -> 'period' ->> 'index')::integer as periods from events where subject_id = $1 group by 1 order by 1`,
    [club.id],
  );
  const each = { count: 399, periods: 399 };
  expect(told).toEqual([
    { type: 'subscription.activated', count: 1, periods: 1 },
    { type: 'subscription.created', count: 1, periods: 1 },
    { type: 'subscription.invoice_opened', ...each },
    { type: 'subscription.past_due', ...each },
    { type: 'subscription.reminder', ...each },
    { type: 'subscription.renewed', ...each },
  ]);
  expect((await club.row())['paid_through']).toEqual(after(anchor, 400 * DAY));
  await soundBooks(still.app);
  await still.stop();
});
