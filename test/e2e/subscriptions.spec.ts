import type { TestApp } from '../support/app';
import type { TestShop } from '../support/shop';
import type { TestWallet } from '../support/wallet';
import { comingYear, DAY, forward, forwardTo, soundBooks, Subscriber } from '../support/subscriber';

const MONTHLY = { interval: 'month' };

/** To the anchor's day at half past ten, where the first period is paid. */
async function atAnchor(app: TestApp, day: string): Promise<void> {
  await forwardTo(app, `${day}T10:30:00.000Z`);
}

describe('a subscription on the sandbox', () => {
  let app: TestApp;
  let shop: TestShop;
  let coins: TestWallet;
  beforeAll(async () => {
    app = await Subscriber.app();
    coins = await app.wallet(['USDC']);
    shop = await app.shop();
  });
  afterAll(() => app.stop());

  it('(S1) of a month from 31 January of a common year asks twelve times in a year, on the right days, and tells each thing once', async () => {
    const year = comingYear(false);
    await atAnchor(app, `${year}-01-31`);
    const club = await Subscriber.begin(app, shop, MONTHLY);
    expect(await club.told()).toEqual(['created 0']);
    await club.pay();
    expect(await club.status()).toBe('active');
    for (let index = 1; index < 12; index += 1) {
      const next = new Date(Date.UTC(year, index + 1, 0, 10, 30));
      // The day before it begins its invoice is open.
      await forward(app, { to: new Date(next.getTime() - DAY * 1000).toISOString() });
      await club.pay(index);
    }
    const periods = await club.periods();
    expect(periods.map(({ starts }) => starts)).toEqual([
      `${year}-01-31`,
      `${year}-02-28`,
      `${year}-03-31`,
      `${year}-04-30`,
      `${year}-05-31`,
      `${year}-06-30`,
      `${year}-07-31`,
      `${year}-08-31`,
      `${year}-09-30`,
      `${year}-10-31`,
      `${year}-11-30`,
      `${year}-12-31`,
    ]);
    expect(new Set(periods.map(({ state, status }) => `${state} ${status}`))).toEqual(new Set(['paid PAID']));
    expect(await club.told()).toEqual([
      'created 0',
      'activated 0',
      ...Array.from({ length: 11 }, (_unused, at) => [
        `invoice_opened ${at + 1}`,
        `reminder ${at + 1}`,
        `renewed ${at + 1}`,
      ]).flat(),
    ]);
    await soundBooks(app);
  });

  it('(S20) of days opens with each day and goes on for as long as each is paid', async () => {
    const daily = await Subscriber.begin(app, shop, { interval: 'day' });
    await daily.pay();
    await forward(app, { advanceSeconds: 3600 });
    for (let index = 1; index <= 5; index += 1) {
      await forward(app, { advanceSeconds: DAY });
      await daily.pay();
    }
    expect((await daily.periods()).map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'paid'));
    expect((await daily.told()).filter((each) => each.startsWith('past_due'))).toHaveLength(5);
    await soundBooks(app);
  });

  it('(S22) of three periods is completed when the third is over, and asks no more', async () => {
    const trial = await Subscriber.begin(app, shop, { interval: 'week', billingCycles: 3 });
    await trial.pay();
    await forward(app, { advanceSeconds: 6 * DAY });
    await trial.pay(1);
    await forward(app, { advanceSeconds: 7 * DAY });
    await trial.pay(2);
    expect(await trial.status()).toBe('active');
    await forward(app, { advanceSeconds: 10 * DAY });
    expect([await trial.status(), (await trial.periods()).length]).toEqual(['completed', 3]);
    expect((await trial.told()).at(-1)).toBe('completed');
    await soundBooks(app);
  });

  it('(S7) is past due when its period has begun unpaid, lapses after the grace, and comes back with late money', async () => {
    const club = await Subscriber.begin(app, shop, { ...MONTHLY, reactivationDays: 60 });
    await club.pay();
    const anchor = (await club.row())['anchor_at'] as Date;
    await forward(app, { advanceSeconds: 33 * DAY });
    expect([await club.status(), (await club.periods())[1]?.state]).toEqual(['past_due', 'past_due']);
    await forward(app, { advanceSeconds: 10 * DAY });
    expect([await club.status(), (await club.periods())[1]?.status]).toEqual(['lapsed', 'EXPIRED']);
    // A month and more after the first period has ended: the second one is over, too.
    await forward(app, { advanceSeconds: 22 * DAY });
    await club.pay(1);
    expect(await club.status()).toBe('active');
    const periods = await club.periods();
    expect(periods.map(({ state }) => state)).toEqual(['paid', 'skipped', 'paid']);
    expect(await club.outcomes()).toEqual(['exact', 'late']);
    expect((await club.row())['anchor_at']).toEqual(anchor);
    expect((await club.told()).slice(-4)).toEqual(['reminder 1', 'lapsed 1', 'period_skipped 1', 'reactivated 2']);
    await soundBooks(app);
  });

  it('(S7) holds late money after that', async () => {
    const club = await Subscriber.begin(app, shop, { interval: 'week', reactivationDays: 5 });
    await club.pay();
    await forward(app, { advanceSeconds: 20 * DAY });
    expect(await club.status()).toBe('lapsed');
    await club.pay(1);
    expect([await club.status(), await club.outcomes()]).toEqual(['lapsed', ['exact', 'too_late']]);
    await soundBooks(app);
  });

  it('(S8) counts the old memo for the open period, and holds it where the switch is off, or nothing is open yet', async () => {
    const club = await Subscriber.begin(app, shop, { interval: 'week' });
    const strict = await Subscriber.begin(app, shop, { interval: 'week', rollForward: false });
    await club.pay();
    await strict.pay();
    // Early, like a standing order: held, and counted when the next period is open.
    await club.pay(0);
    expect(await club.outcomes()).toEqual(['exact', 'period_paid']);
    await forward(app, { advanceSeconds: 6 * DAY });
    expect([await club.outcomes(), (await club.periods()).map(({ state }) => state)]).toEqual([
      ['exact', 'rolled_forward'],
      ['paid', 'paid'],
    ]);
    await forward(app, { advanceSeconds: 7 * DAY });
    await club.pay(0, '5');
    expect([(await club.periods())[2]?.state, await club.outcomes()]).toEqual([
      'open',
      ['exact', 'rolled_forward', 'rolled_forward'],
    ]);
    await club.pay(1, '7.5');
    expect((await club.periods())[2]?.state).toBe('paid');
    await club.pay(0, '12.5', coins.coin('USDC'), coins);
    expect((await club.outcomes()).at(-1)).toBe('wrong_asset');
    await strict.pay(0);
    expect((await strict.outcomes()).at(-1)).toBe('period_paid');
    await soundBooks(app);
  });

  it('(S9) is cancelled at once with its open invoice, and money that comes a ledger later is held', async () => {
    const club = await Subscriber.begin(app, shop, { interval: 'week' });
    await club.pay();
    await forward(app, { advanceSeconds: 6 * DAY });
    const cancelled = await shop.partner.create(`subscriptions/${club.id}/cancellation`, {});
    expect([cancelled.status, cancelled.text]).toEqual([200, cancelled.text]);
    expect([cancelled.body.data.attributes.status, cancelled.body.data.attributes.entitled]).toEqual([
      'cancelled',
      true,
    ]);
    expect((await club.periods()).map(({ state, status }) => `${state} ${status}`)).toEqual([
      'paid PAID',
      'cancelled CANCELLED',
    ]);
    await club.pay(1);
    expect([await club.status(), (await club.outcomes()).at(-1)]).toEqual(['cancelled', 'invoice_closed']);
    await soundBooks(app);
  });
});
