import { Client } from 'pg';
import { SubscriptionTimeService } from '../../src/subscriptions/subscription-time.service';
import type { TestApp } from '../support/app';
import { manyLike } from '../support/many-subscriptions';
import { DAY, Subscriber } from '../support/subscriber';

type Query = (this: Client, first: unknown, ...rest: unknown[]) => unknown;

/** The statements of each transaction that this process sends to the database while `work` goes on. */
async function transactionsOf(work: () => Promise<unknown>): Promise<readonly (readonly string[])[]> {
  const query = Object.getOwnPropertyDescriptor(Client.prototype, 'query')?.value as Query;
  const open = new Map<Client, string[]>();
  const ended: string[][] = [];
  Client.prototype.query = function (this: Client, first: unknown, ...rest: unknown[]) {
    const text = (typeof first === 'string' ? first : (first as { text: string }).text).trim();
    if (text === 'BEGIN') open.set(this, []);
    open.get(this)?.push(text);
    if (text === 'COMMIT') ended.push(open.get(this) ?? []);
    return query.call(this, first, ...rest);
  } as unknown as typeof Client.prototype.query;
  try {
    await work();
  } finally {
    Client.prototype.query = query as never;
  }
  return ended;
}

const BATCH = 50;

const lines: string[] = [];
let app: TestApp;
let club: Subscriber;
let opensAt: Date;
beforeAll(async () => {
  app = await Subscriber.app({}, (line) => lines.push(line));
  const shop = await app.shop();
  club = await Subscriber.begin(app, shop, { interval: 'month' });
  await club.pay();
  opensAt = (await club.row())['next_open_at'] as Date;
  await openDue();
});
afterAll(() => app.stop());

/** Everything due until a day after the periods open; a test that calls it has the time to itself. */
const openDue = (): Promise<number> =>
  app.get(SubscriptionTimeService).run('sandbox', new Date(opensAt.getTime() + DAY * 1000));
const opened = (ids: readonly string[]): Promise<{ id: string; number: string }[]> =>
  app.sql(
    `select subscription_id as id, number from invoices where subscription_id = any($1) and period_index = 1 order by length(number), number`,
    [ids],
  );

it('S23 opens two hundred in as many statements a batch as it opens one in', async () => {
  const counts: number[][] = [];
  for (const size of [1, BATCH, 4 * BATCH]) {
    const ids = await manyLike(app, club.id, size, opensAt);
    const transactions = await transactionsOf(openDue);
    const ours = transactions.filter((texts) => texts.some((text) => text.includes('from subscriptions s')));
    counts.push(ours.map((texts) => texts.length));
    expect(await opened(ids)).toHaveLength(size);
  }
  const [one] = counts[0] ?? [];
  expect(one).toBeLessThanOrEqual(16);
  expect(counts).toEqual([[one], [one], Array.from({ length: 4 }, () => one)]);
});

it('gives each its number, its references, its deadline and its events', async () => {
  const ids = await manyLike(app, club.id, 120, opensAt);
  await openDue();
  const invoices = await opened(ids);
  const numbers = invoices.map(({ number }) => Number(number.replace('INV-', '')));
  expect(numbers).toEqual(Array.from({ length: 120 }, (_unused, at) => (numbers[0] ?? 0) + at));
  const [sums] = await app.sql(
    `select count(*)::integer as references, count(*) filter (where r.kind = 'text' and r.value = i.number and i.memo = i.number)::integer as texts,
       count(*) filter (where r.kind = 'id' and r.value = i.reference_number::text)::integer as ids from invoices i join payment_references r on r.invoice_id = i.id where i.subscription_id = any($1)`,
    [ids],
  );
  expect(sums).toEqual({ references: 240, texts: 120, ids: 120 });
  const [told] = await app.sql(
    `select count(*) filter (where e.type = 'invoice.created' and e.data ->> 'number' = i.number and e.data ->> 'memo' = i.memo and e.data ->> 'id' = i.public_id)::integer as made,
       count(*)::integer as all, (select count(*)::integer from deadlines d join invoices o on o.id = d.subject_id and o.expires_at = d.due_at where o.subscription_id = any($1)) as deadlines
     from events e join invoices i on i.id = e.subject_id where i.subscription_id = any($1)`,
    [ids],
  );
  expect(told).toEqual({ made: 120, all: 120, deadlines: 120 });
  const kinds = await app.sql<{ kinds: string; n: number }>(
    `select kinds, count(*)::integer as n from (select subscription_id, string_agg(r.kind || coalesce(' ' || r.outcome, ''), ', ' order by r.due_at) as kinds from subscription_reminders r where subscription_id = any($1) group by 1) as each group by 1`,
    [ids],
  );
  expect(kinds).toEqual([{ kinds: 'opening sent, start, after_start, grace_end', n: 120 }]);
  const events = await app.sql(
    `select type, count(*)::integer as n from events where subject_id = any($1) group by type order by type`,
    [ids],
  );
  expect(events).toEqual([
    { type: 'subscription.invoice_opened', n: 120 },
    { type: 'subscription.reminder', n: 120 },
  ]);
});

it.each([
  [
    'costs more than any payment',
    `price = 9223372036854775807, total = 9223372036854775807, tax_percentage = 200000, tax_inclusive = false`,
  ],
  ['is paid in an asset that nobody knows', `pay_currency = 'NOPE'`],
  ['is refused by the database alone', `scale = 9`],
])('one that %s stops none of its batch, and is told in the log', async (_what, fault) => {
  const ids = await manyLike(app, club.id, BATCH, opensAt);
  const bad = ids[17] as string;
  await app.sql(`update subscriptions set ${fault} where id = $1`, [bad]);
  lines.length = 0;
  await openDue();
  expect((await opened(ids)).map(({ id }) => id).toSorted()).toEqual(ids.filter((id) => id !== bad).toSorted());
  const told = lines
    .map((line) => JSON.parse(line) as { readonly msg?: string; readonly subscription?: string })
    .filter(({ msg }) => msg === 'the invoice of a subscription could not be opened');
  expect(new Set(told.map(({ subscription }) => subscription))).toEqual(new Set([bad]));
  // It stays due.
  expect(await app.sql('select from deadlines where subject_id = $1', [bad])).toHaveLength(1);
  await app.sql('delete from deadlines where subject_id = $1', [bad]);
});
