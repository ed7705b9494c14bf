import { Transactions } from '../../src/database/transactions';
import type { TestApp } from '../support/app';
import { audited } from '../support/audited';
import { MortalWork } from '../support/mortal-work';
import { after, StillService } from '../support/still-service';
import { DAY, soundBooks } from '../support/subscriber';

const YEAR = [
  '2028-01-31',
  '2028-02-29',
  '2028-03-31',
  '2028-04-30',
  '2028-05-31',
  '2028-06-30',
  '2028-07-31',
  '2028-08-31',
  '2028-09-30',
  '2028-10-31',
  '2028-11-30',
  '2028-12-31',
];

/** What it does to a subscription it does in one transaction: wherever it dies, all of it is done or nothing. */
describe('(S4) the scheduler of subscriptions', () => {
  let still: StillService;
  let second: TestApp;
  let mortal: MortalWork;
  /** Where it died. */
  const deaths: string[] = [];
  beforeAll(async () => {
    still = await StillService.open();
    second = await still.beside();
    mortal = MortalWork.install();
  });
  afterAll(async () => {
    mortal.uninstall();
    await second.stop();
    await still.stop();
  });

  /** Dies at each of its statements in turn, or at every `step`-th, until it comes to its end. */
  async function dying(work: () => Promise<unknown>, dies: 'before' | 'after', step = 1): Promise<void> {
    for (let at = 1; ; at += step) {
      const statement = await mortal.run(work, at, dies, (pid) =>
        still.app.sql('select from pg_stat_activity where pid = $1', [pid]),
      );
      if (statement === null) return;
      deaths.push(statement.trim().replace(/\s+/g, ' '));
    }
  }

  it('killed at every statement, doubled and paused for a week asks twelve times in a year, and tells each thing once', async () => {
    const anchor = new Date(`${YEAR[0]}T10:30:00.000Z`);
    await still.at(after(anchor, -60));
    const club = await still.member(anchor, { interval: 'month' });
    for (const [index, day] of YEAR.entries()) {
      if (index === 0) continue;
      const dies = index % 2 === 0 ? 'before' : 'after';
      const start = new Date(`${day}T10:30:00.000Z`);
      // Everywhere in each thing that it does; where it has died of that twice before, at one statement.
      const doubled = async (everywhere: boolean): Promise<void> => {
        await dying(() => still.work(), dies, everywhere ? 1 : 11);
        await Promise.all([still.work(), still.work(second), still.work(), still.work(second)]);
        await still.tell();
      };
      // In the ninth period nobody is there for a week, from before its invoice opens.
      await still.close(after(start, index === 9 ? 2 * DAY : -DAY));
      await still.read();
      await doubled(index <= 2);
      // Two are due before they are paid, and one has lapsed.
      for (const days of index === 4 || index === 5 ? [1] : index === 7 ? [1, 8] : []) {
        await still.close(after(start, days * DAY));
        await still.read();
        await doubled(days !== 1 || index !== 7);
      }
      await still.close(after(still.clock.now(), 60), await still.bills([club.id], index));
      await dying(() => still.read(), dies, index <= 2 ? 1 : 11);
      await doubled(false);
    }
    const periods = await club.periods();
    expect(periods.map(({ starts, state, status }) => `${starts} ${state} ${status}`)).toEqual(
      YEAR.map((day) => `${day} paid PAID`),
    );
    const told = (await club.told()).filter((each) => !each.startsWith('reminder'));
    expect(told).toEqual([
      'created 0',
      'activated 0',
      ...YEAR.slice(1).flatMap((_day, at) => {
        const index = at + 1;
        const late = [4, 5, 7, 9].includes(index) ? [`past_due ${index}`] : [];
        return [
          `invoice_opened ${index}`,
          ...late,
          ...(index === 7 ? ['lapsed 7', 'reactivated 7'] : [`renewed ${index}`]),
        ];
      }),
    ]);
    const reminders = await still.app.sql<{ kind: string; index: number; count: bigint }>(
      `select data ->> 'reminder' as kind, (data -> 'period' ->> 'index')::integer as index, count(*) from events where type = 'subscription.reminder' group by 1, 2 having count(*) > 1`,
    );
    expect(reminders).toEqual([]);
    expect(await club.outcomes()).toEqual(YEAR.map((_day, index) => (index === 7 ? 'late' : 'exact')));
    await soundBooks(still.app);
    for (const wanted of ['BEGIN', 'COMMIT', 'insert into invoices', 'insert into events', 'insert into payments'])
      expect(deaths.filter((each) => each.includes(wanted)).length).toBeGreaterThan(0);
    expect(deaths.length).toBeGreaterThan(100);
  });

  it('that did each step by itself would leave half of it behind', async () => {
    await still.member(after(still.clock.now(), 60), { interval: 'month' });
    await still.close(after(still.clock.now(), 32 * DAY));
    await still.read();
    const naive = jest.spyOn(still.app.get(Transactions), 'run').mockImplementation((work) => work(1));
    await dying(() => still.subscriptions(), 'before');
    naive.mockRestore();
    await still.tell();
    expect((await audited(still.app.databaseUrl)).breaches.length).toBeGreaterThan(0);
  });
});
