import type { ApiClient, Json } from '../support/api-client';
import { after, StillService } from '../support/still-service';
import { comingYear, DAY, soundBooks, Subscriber } from '../support/subscriber';

const PLANS = [
  ['DAILY', 'day', 1, 0],
  ['WEEKLY', 'week', 7, 2],
  ['MONTHLY', 'month', 31, 5],
  ['YEARLY', 'year', 365, 21],
] as const;

/** A shop makes the link, a payer subscribes and pays in coins, and every family shows what became of it. */
describe('(S21) a subscription in every family', () => {
  let still: StillService;
  let client: ApiClient;
  beforeAll(async () => {
    still = await StillService.open();
    client = await still.app.shopClient(still.shop.merchantId);
    // On the first day of a month of 31 days; each test begins a year later, and none of them in a leap year but the third.
    await still.at(new Date(Date.UTC(comingYear(true) + 1, 0, 1, 12)));
  });
  afterAll(() => still.stop());

  it.each(PLANS)('%s is asked for every %s', async (recurringType, interval, days, openDays) => {
    const { app, shop, clock } = still;
    await still.at(new Date(Date.UTC(clock.now().getUTCFullYear() + 1, 0, 1, 12)));
    const usdc = still.wallet.coin('USDC');
    const made = await client.post('/api/v0/payment-links', {
      title: 'Club',
      url: `club-${interval}`,
      linkType: 'SUBSCRIPTION',
      amount: 12.5,
      recurringType,
    });
    expect([made.status, made.text]).toEqual([201, made.text]);
    const read = await client.get(`/api/v0/payment-links/${made.body.id}`);
    expect(read.body).toMatchObject({ linkType: 'SUBSCRIPTION', recurringType, currency: 'usdc', status: 'ACTIVE' });
    const listed = await shop.partner.get(`payment_links/${made.body.id}`);
    expect(listed.body.data.attributes).toMatchObject({ kind: 'subscription', amount: '12.50', currency: 'USDC' });
    expect(listed.body.data.attributes.recurrence).toMatchObject({ interval, intervalCount: 1, openDays });

    const link = { id: made.body.id as string, publicId: listed.body.data.attributes.publicId as string };
    const club = await Subscriber.join(app, shop, link, still.wallet, { asset: 'USDC' });
    const anchor = after(clock.now(), 60);
    await still.at(anchor, await still.bills([club.id]), usdc);
    expect(await club.status()).toBe('active');
    const start = after(anchor, days * DAY);
    await still.at(after(start, openDays === 0 ? 1 : -1));
    expect((await club.periods()).map(({ starts }) => starts)).toEqual(
      [anchor, start].map((each) => each.toISOString().slice(0, 10)),
    );
    await still.at(after(start, 3_600), await still.bills([club.id]), usdc);
    expect([await club.status(), await club.outcomes()]).toEqual(['active', ['exact', 'exact']]);

    const subscription = await shop.partner.get(`subscriptions?filter[link]=${link.id}&include=link`);
    expect(subscription.body.data.map((each: Json) => each.id)).toEqual([club.id]);
    expect(subscription.body.data[0].attributes).toMatchObject({
      status: 'active',
      interval,
      periodsPaid: 2,
      amount: '12.50',
      asset: 'USDC',
    });
    const periods = await shop.partner.get(`subscriptions/${club.id}/periods?include=invoice`);
    expect(periods.body.data.map((each: Json) => each.attributes.state)).toEqual(['paid', 'paid']);

    // A session does not outlive the years that went by.
    const owner = (await app.merchant(shop.wallet)).client;
    const invoices = (await club.periods()).map(({ invoice }) => invoice);
    const shown = await owner.get('/api/invoices');
    const ours = shown.body.items.filter((each: Json) => invoices.includes(each.id));
    expect(ours.map((each: Json) => [each.status, Number(each.total), each.currency])).toEqual([
      ['PAID', 12.5, 'USDC'],
      ['PAID', 12.5, 'USDC'],
    ]);
    await soundBooks(app);
  });

  it('ONE_TIME is refused, and so is one without an amount', async () => {
    const wish = { title: 'Club', url: 'once', linkType: 'SUBSCRIPTION' };
    for (const members of [{ amount: 5, recurringType: 'ONE_TIME' }, { recurringType: 'DAILY' }])
      expect((await client.post('/api/v0/payment-links', { ...wish, ...members })).status).toBe(400);
  });
});
