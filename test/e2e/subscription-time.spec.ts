import { SubscriptionTimeService } from '../../src/subscriptions/subscription-time.service';
import { after, StillService } from '../support/still-service';
import { DAY, soundBooks, type Subscriber } from '../support/subscriber';

const WEEKLY = { interval: 'week' };

/** Nothing reads the ledger and no job runs until the test says so; the clock stands still in between. */
describe('the time of subscriptions', () => {
  let still: StillService;
  beforeAll(async () => {
    still = await StillService.open();
  });
  afterAll(() => still.stop());
  afterEach(() => soundBooks(still.app));

  const now = (): Date => still.clock.now();
  /** Begins a minute from now; its second period begins at `start`, and can be paid until `end`. */
  const begin = async (recurrence: object): Promise<{ club: Subscriber; start: Date; end: Date }> => {
    const club = await still.member(after(now(), 60), recurrence);
    const start = after((await club.row())['anchor_at'] as Date, 7 * DAY);
    return { club, start, end: after(start, 3 * DAY) };
  };
  const told = async (club: Subscriber): Promise<string[]> =>
    (await club.told()).filter((each) => !each.startsWith('reminder')).slice(2);
  const states = async (club: Subscriber): Promise<string[]> =>
    (await club.periods()).map(({ state, status }) => `${state} ${status}`);
  const invoicesOf = async (club: Subscriber): Promise<number> =>
    (await club.periods()).filter(({ invoice }) => invoice !== null).length;

  describe.each([
    ['as soon as it closed', 0],
    ['when the reader is 60 seconds behind, and the jobs run meanwhile', 60],
  ])('(S6) money that is heard of %s', (_name, lagSeconds) => {
    const STARTED = ['invoice_opened 1'];
    const LATE = [...STARTED, 'past_due 1'];
    it.each([
      ['one second before the period begins', 'start', -1, 30, 'active', 'exact', [...STARTED, 'renewed 1']],
      ['when it begins', 'start', 0, 30, 'active', 'exact', [...STARTED, 'renewed 1']],
      ['one second after that', 'start', 1, 30, 'active', 'exact', [...STARTED, 'renewed 1']],
      ['one second before the grace ends', 'end', -1, 30, 'active', 'exact', [...LATE, 'renewed 1']],
      ['when the grace ends', 'end', 0, 30, 'active', 'exact', [...LATE, 'renewed 1']],
      ['one second after that', 'end', 1, 30, 'active', 'late', [...LATE, 'renewed 1']],
      ['when the grace ends, for ever', 'end', 0, 0, 'active', 'exact', [...LATE, 'renewed 1']],
      ['one second after it has ended for ever', 'end', 1, 0, 'lapsed', 'too_late', [...LATE, 'lapsed 1']],
    ] as const)('%s', async (_when, mark, seconds, reactivationDays, status, outcome, expected) => {
      const { club, start, end } = await begin({ ...WEEKLY, reactivationDays });
      await still.at(after(start, -DAY));
      if (mark === 'end') await still.at(after(end, -100));
      const before = [await club.status(), await told(club)];
      await still.close(after(mark === 'start' ? start : end, seconds), await still.bills([club.id]));
      if (lagSeconds > 0) {
        still.clock.set(after(now(), lagSeconds));
        await still.work();
        await still.tell();
        expect([await club.status(), await told(club)]).toEqual(before);
      }
      await still.read();
      await still.at(after(now(), 1));
      expect([await club.status(), await told(club), await club.outcomes()]).toEqual([
        status,
        expected,
        ['exact', outcome],
      ]);
      expect(await states(club)).toEqual(['paid PAID', status === 'active' ? 'paid PAID' : 'lapsed EXPIRED']);
      const through = after(start, status === 'active' ? 7 * DAY : 0);
      expect((await club.row())['paid_through']).toEqual(through);
    });
  });

  it('(S6) a scheduler that goes by its own clock would call late who has paid in time', async () => {
    const { club, start } = await begin(WEEKLY);
    await still.at(after(start, -DAY));
    await still.close(after(start, -1), await still.bills([club.id]));
    still.clock.set(after(now(), 60));
    await still.app.get(SubscriptionTimeService).run('sandbox', now());
    expect(await club.status()).toBe('past_due');
    await still.read();
    await still.at(after(now(), 1));
    expect([await club.status(), await told(club)]).toEqual([
      'active',
      ['invoice_opened 1', 'past_due 1', 'renewed 1'],
    ]);
  });

  it('(S6) money that closes when its subscription has lapsed brings it back, and none is left over', async () => {
    const { club, start, end } = await begin({ ...WEEKLY, reactivationDays: 5 });
    await still.at(after(start, -DAY));
    await still.at(after(end, 1));
    expect(await club.status()).toBe('lapsed');
    const bills = await still.bills([club.id], 1);
    await still.at(after(end, 5 * DAY), bills);
    expect([await club.status(), await club.outcomes()]).toEqual(['active', ['exact', 'late']]);
    // It paid the period in which it closed: the next one.
    expect((await told(club)).slice(-3)).toEqual(['lapsed 1', 'period_skipped 1', 'reactivated 2']);
  });

  describe('(S13) after 40 days in which nobody was there', () => {
    const outage = async (club: Subscriber): Promise<void> => {
      await still.at(after((await club.row())['anchor_at'] as Date, 40 * DAY + 3_600));
      // Told once, however often it runs.
      await still.work();
      await still.work();
      await still.tell();
    };
    const skipped = (from: number, through: number): string[] =>
      Array.from({ length: through - from + 1 }, (_unused, at) => `period_skipped ${from + at}`);

    // None opens its next period in the minute of the payment: the share of its lead time in which it opens is its own.
    it.each([
      ['day', 0, skipped(1, 39), 40],
      ['week', 1, skipped(1, 4), 5],
      ['month', 5, [], 1],
    ])('of a %s one invoice is open, and what was over is told', async (interval, openDays, over, open) => {
      const { club } = await begin({ interval, openDays });
      await outage(club);
      expect(await told(club)).toEqual([...over, `invoice_opened ${open}`, `past_due ${open}`]);
      expect([await club.status(), await invoicesOf(club)]).toEqual(['past_due', 2]);
      const { expiresAt } = (
        await still.app.sql<{ expiresAt: Date }>(
          'select expires_at as "expiresAt" from invoices where subscription_id = $1 and period_index = $2',
          [club.id, open],
        )
      )[0] as { expiresAt: Date };
      expect(expiresAt > now()).toBe(true);
      await still.at(after(now(), 60), await still.bills([club.id]));
      expect([await club.status(), (await told(club)).at(-1)]).toEqual(['active', `renewed ${open}`]);
    });

    it('what was open has lapsed, and nothing else is asked for', async () => {
      const { club, start } = await begin(WEEKLY);
      await still.at(after(start, -DAY));
      await outage(club);
      expect(await told(club)).toEqual(['invoice_opened 1', 'past_due 1', 'lapsed 1']);
      expect([await club.status(), await invoicesOf(club)]).toEqual(['lapsed', 2]);
    });

    it('what was paid meanwhile counts, and one invoice is open', async () => {
      const { club, start, end } = await begin(WEEKLY);
      await still.at(after(start, -DAY));
      await still.close(end, await still.bills([club.id]));
      await outage(club);
      expect(await told(club)).toEqual([
        'invoice_opened 1',
        'renewed 1',
        ...skipped(2, 4),
        'invoice_opened 5',
        'past_due 5',
      ]);
      expect([await club.status(), await club.outcomes()]).toEqual(['past_due', ['exact', 'exact']]);
    });

    it('what had an end has come to it', async () => {
      const { club } = await begin({ ...WEEKLY, billingCycles: 3 });
      await outage(club);
      expect(await told(club)).toEqual([...skipped(1, 2), 'completed']);
      expect([await club.status(), await invoicesOf(club)]).toEqual(['completed', 1]);
    });

    it('who wanted to end has ended, and is asked for nothing', async () => {
      const { club } = await begin(WEEKLY);
      expect(
        (await still.shop.partner.create(`subscriptions/${club.id}/cancellation`, { atPeriodEnd: true })).status,
      ).toBe(200);
      await outage(club);
      expect((await told(club)).slice(1)).toEqual(['cancelled']);
      expect([await club.status(), await invoicesOf(club)]).toEqual(['cancelled', 1]);
    });
  });
});
