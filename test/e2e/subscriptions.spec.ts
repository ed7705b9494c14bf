import type { TestApp } from '../support/app';
import type { TestShop } from '../support/shop';
import { DAY, forward, soundBooks, Subscriber } from '../support/subscriber';

const MONTHLY = { interval: 'month' };

/** To the anchor's day at half past ten, where the first period is paid. */
async function atAnchor(app: TestApp, day: string): Promise<void> {
  await forward(app, { to: `${day}T10:30:00.000Z` });
}

describe('a subscription on the sandbox', () => {
  let app: TestApp;
  let shop: TestShop;
  beforeAll(async () => {
    app = await Subscriber.app();
    shop = await app.shop();
  });
  afterAll(() => app.stop());

  it('S1 of a month from 31 January 2027 asks twelve times in a year, on the right days, and tells each thing once', async () => {
    await atAnchor(app, '2027-01-31');
    const club = await Subscriber.begin(app, shop, MONTHLY);
    expect(await club.told()).toEqual(['created 0']);
    await club.pay();
    expect(await club.status()).toBe('active');
    for (let index = 1; index < 12; index += 1) {
      const next = new Date(Date.UTC(2027, index + 1, 0, 10, 30));
      // The day before it begins its invoice is open.
      await forward(app, { to: new Date(next.getTime() - DAY * 1000).toISOString() });
      await club.pay(index);
    }
    const periods = await club.periods();
    expect(periods.map(({ starts }) => starts)).toEqual([
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
      '2027-06-30',
      '2027-07-31',
      '2027-08-31',
      '2027-09-30',
      '2027-10-31',
      '2027-11-30',
      '2027-12-31',
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
});
