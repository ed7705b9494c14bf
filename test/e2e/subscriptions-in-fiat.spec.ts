import { Clock } from '../../src/common/clock';
import { eventually, type TestApp } from '../support/app';
import { FiatClub, type ShownPeriod } from '../support/fiat-club';
import type { TestShop } from '../support/shop';
import { comingYear, DAY, forward, forwardTo, soundBooks, Subscriber } from '../support/subscriber';

const MONTHLY = { interval: 'month' };
const QUOTE_SECONDS = 900;

let fiat: FiatClub;
let app: TestApp;
let shop: TestShop;

beforeAll(async () => {
  fiat = await FiatClub.start();
  ({ app, shop } = fiat);
});
afterAll(() => fiat.stop());

describe('a subscription that is priced in fiat', () => {
  it('S18 quotes one period three times, is paid once, and tells each thing once', async () => {
    const club = await fiat.member();
    await forward(app, { advanceSeconds: 27 * DAY });
    const [open] = await fiat.shown(club.portal);
    expect(open).toMatchObject({ index: 1, state: 'open', amount: '12.50', invoice: null, payable: true });
    const link = await fiat.link(club);
    const quotes = [await fiat.choose(link)];
    expect((await fiat.asked(quotes[0] as string)).total).toBe(500_000_000n);
    for (const now of ['0.5', '0.125']) {
      await forward(app, { advanceSeconds: QUOTE_SECONDS + 400 });
      expect((await fiat.asked(quotes.at(-1) as string)).status).toBe('EXPIRED');
      fiat.price = now;
      quotes.push(await fiat.choose(link));
    }
    expect(await Promise.all(quotes.map(async (each) => (await fiat.asked(each)).total))).toEqual([
      500_000_000n,
      250_000_000n,
      1_000_000_000n,
    ]);
    // Too late for the second price, which was the best one.
    expect(await fiat.pay(quotes[1] as string)).toBe('too_late');
    expect((await fiat.shown(club.portal))[0]?.state).toBe('open');
    expect(await fiat.pay(quotes[2] as string)).toBe('exact');
    expect(await fiat.shown(club.portal)).toMatchObject([
      { index: 1, state: 'paid', invoice: quotes[2], payable: false },
      { index: 0, state: 'paid', amount: '12.50' },
    ]);
    expect(await club.told()).toEqual(['created 0', 'activated 0', 'invoice_opened 1', 'reminder 1', 'renewed 1']);
    expect(await fiat.pay(quotes[2] as string)).toBe('period_paid');
    expect(await fiat.pay(quotes[0] as string)).toBe('link_closed');
    // Sixty days are within the lead time of the third month or its grace: it waits, whichever months these are.
    await forward(app, { advanceSeconds: 33 * DAY });
    const [next] = await fiat.shown(club.portal);
    expect([next?.index, next?.payable]).toEqual([2, true]);
    expect(await club.outcomes()).toEqual(['exact', 'too_late', 'exact', 'period_paid', 'link_closed']);
    await soundBooks(app);
  });

  it('asks for the same sum in euro every month of a year, whatever it is worth then', async () => {
    const year = comingYear(true);
    await forwardTo(app, `${year}-01-31T10:30:00.000Z`);
    const club = await fiat.member();
    for (let index = 1; index < 12; index += 1) {
      await forward(app, { to: new Date(Date.UTC(year, index + 1, -1, 10, 30)).toISOString() });
      fiat.price = (0.3 + index / 100).toFixed(2);
      expect(await fiat.pay(await fiat.choose(await fiat.link(club)))).toBe('exact');
    }
    const periods = await club.periods();
    expect(periods.map(({ starts }) => starts?.slice(5))).toEqual([
      '01-31',
      '02-29',
      '03-31',
      '04-30',
      '05-31',
      '06-30',
      '07-31',
      '08-31',
      '09-30',
      '10-31',
      '11-30',
      '12-31',
    ]);
    expect(new Set(periods.map(({ state, status }) => `${state} ${status}`))).toEqual(new Set(['paid PAID']));
    expect(new Set(periods.map(({ total }) => total)).size).toBe(12);
    expect((await club.told()).length).toBe(2 + 11 * 3);
    const { data } = (await shop.partner.get(`subscriptions/${club.id}`)).body;
    expect(data.attributes).toMatchObject({ amount: '12.50', currency: 'EUR', asset: null, periodsPaid: 12 });
    await soundBooks(app);
  });

  it('lapses without any invoice, and comes back by a new quote while late money may do that', async () => {
    const club = await fiat.member({ ...MONTHLY, reactivationDays: 10 });
    await forward(app, { advanceSeconds: 32 * DAY });
    expect([await club.status(), (await club.periods()).map(({ invoice }) => invoice === null)]).toEqual([
      'past_due',
      [false, true],
    ]);
    await forward(app, { advanceSeconds: 7 * DAY });
    expect([await club.status(), (await fiat.shown(club.portal))[0]]).toMatchObject([
      'lapsed',
      { state: 'lapsed', payable: true },
    ]);
    await soundBooks(app);
    expect(await fiat.pay(await fiat.choose(await fiat.link(club)))).toBe('exact');
    expect([await club.status(), (await fiat.shown(club.portal))[0]?.state]).toEqual(['active', 'paid']);
    expect((await club.told()).slice(2)).toEqual([
      'invoice_opened 1',
      'reminder 1',
      'reminder 1',
      'past_due 1',
      'reminder 1',
      'reminder 1',
      'lapsed 1',
      'reactivated 1',
    ]);
    await soundBooks(app);
  });

  it('lapses for good after that', async () => {
    const club = await fiat.member({ interval: 'week', reactivationDays: 0 });
    await forward(app, { advanceSeconds: 7 * DAY });
    const link = await fiat.link(club);
    const quote = await fiat.choose(link);
    await forward(app, { advanceSeconds: 4 * DAY });
    expect([await club.status(), (await fiat.shown(club.portal))[0]?.payable]).toEqual(['lapsed', false]);
    const refused = await app.client.post(`/checkout/${link}/choice`, { asset: 'XLM' });
    expect(refused.status).toBe(409);
    expect(await fiat.pay(quote)).toBe('too_late');
    expect([await club.status(), (await club.told()).at(-1)]).toEqual(['lapsed', 'lapsed 1']);
    await soundBooks(app);
  });

  it('holds what was paid in part of a period that has lapsed, when nothing can complete it any more', async () => {
    const club = await fiat.member({ interval: 'week', reactivationDays: 2 });
    await forward(app, { advanceSeconds: 7 * DAY });
    const quote = await fiat.choose(await fiat.link(club));
    expect(await fiat.pay(quote, '5')).toBe('under');
    await forward(app, { advanceSeconds: 4 * DAY });
    expect([await club.status(), (await fiat.asked(quote)).received]).toEqual(['lapsed', 50_000_000n]);
    await soundBooks(app);
    await forward(app, { advanceSeconds: 2 * DAY });
    expect([await club.status(), (await fiat.asked(quote)).received]).toEqual(['lapsed', 0n]);
    expect(await club.outcomes()).toEqual(['exact', 'invoice_closed']);
    await soundBooks(app);
  });

  it('takes two choices at once, of which the first that is paid wins; the other money is held', async () => {
    const club = await fiat.member();
    await forward(app, { advanceSeconds: 28 * DAY });
    const link = await fiat.link(club);
    const [one, same, other] = await Promise.all([fiat.choose(link), fiat.choose(link), fiat.choose(link, 'EURC')]);
    expect([one === same, (await fiat.asked(other)).total]).toEqual([true, 125_000_000n]);
    expect(await fiat.pay(one, '10')).toBe('under');
    expect(await fiat.pay(other, undefined, fiat.payer.coin('EURC'))).toBe('exact');
    expect((await fiat.shown(club.portal))[0]).toMatchObject({ state: 'paid', invoice: other });
    await eventually(
      () => fiat.asked(one),
      ({ status, received }) => status === 'EXPIRED' && received === 0n,
    );
    expect(await club.outcomes()).toEqual(['exact', 'link_closed', 'exact']);
    expect((await club.told()).filter((each) => each.startsWith('renewed'))).toEqual(['renewed 1']);
    await soundBooks(app);
  });

  it('is cancelled with an open quote and with one that has ended: what was paid of both is held', async () => {
    const club = await fiat.member();
    await forward(app, { advanceSeconds: 28 * DAY });
    const link = await fiat.link(club);
    const first = await fiat.choose(link);
    expect(await fiat.pay(first, '5')).toBe('under');
    await forward(app, { advanceSeconds: QUOTE_SECONDS + 400 });
    fiat.price = '0.5';
    const second = await fiat.choose(link);
    expect(await fiat.pay(second, '5')).toBe('under');
    const token = new URL(club.portal).pathname.slice('/s/'.length);
    const cancelled = await app.client.post(`/checkout/subscriptions/${token}/cancellation`, { atPeriodEnd: false });
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
    expect([(await fiat.asked(first)).received, (await fiat.asked(second)).received]).toEqual([0n, 0n]);
    expect(await Promise.all([first, second].map(async (each) => (await fiat.asked(each)).status))).toEqual([
      'EXPIRED',
      'CANCELLED',
    ]);
    expect(await fiat.pay(second)).toBe('invoice_closed');
    expect((await app.client.post(`/checkout/${link}/choice`, { asset: 'XLM' })).status).toBe(409);
    expect([await club.status(), await club.outcomes()]).toEqual([
      'cancelled',
      ['exact', 'invoice_closed', 'invoice_closed', 'invoice_closed'],
    ]);
    await soundBooks(app);
  });

  it('is cancelled where nothing was chosen, ends with its period, and is paused', async () => {
    const [now, later, paused] = [await fiat.member(), await fiat.member(), await fiat.member()];
    await forward(app, { advanceSeconds: 28 * DAY });
    const verb = (of: Subscriber, path: string, attributes: object): Promise<{ status: number }> =>
      shop.partner.create(`subscriptions/${of.id}/${path}`, attributes);
    expect((await verb(now, 'cancellation', {})).status).toBe(200);
    expect((await verb(later, 'cancellation', { atPeriodEnd: true })).status).toBe(200);
    await fiat.choose(await fiat.link(later));
    const change = (attributes: object) =>
      shop.partner.send('PATCH', `subscriptions/${paused.id}`, {
        data: { type: 'subscriptions', id: paused.id, attributes },
      });
    const pausedUntil = new Date(app.get(Clock).now().getTime() + 40 * DAY * 1000).toISOString();
    expect((await change({ pausedUntil })).status).toBe(200);
    await forward(app, { advanceSeconds: 5 * DAY });
    expect([await now.status(), await later.status(), await paused.status()]).toEqual([
      'cancelled',
      'cancelled',
      'active',
    ]);
    for (const each of [now, later, paused])
      expect((await fiat.shown(each.portal)).map(({ state, payable }) => [state, payable]).slice(-2)).toEqual([
        ['cancelled', false],
        ['paid', false],
      ]);
    await soundBooks(app);
  });

  it('is a page with a button for the subscriber, and a form that asks what to pay the first period with', async () => {
    const club = await fiat.member();
    await forward(app, { advanceSeconds: 28 * DAY });
    const link = await fiat.link(club);
    const page = (path: string): Promise<string> => fetch(`${app.url}${path}`).then((answer) => answer.text());
    const own = await page(new URL(club.portal).pathname);
    expect(own).toContain(`href="/pay/${link}"`);
    expect(own).toMatch(/Pay 12\.50 EUR for the period from \d+ \w+ \d+/);
    const choice = await page(`/pay/${link}`);
    expect(choice).toMatch(/name="asset" value="EURC"/);
    expect(choice).not.toContain('Open until');
    const invoice = await fiat.choose(link);
    expect(await page(`/pay/${invoice}`)).toContain(`/pay/${link}?choose`);
    const form = await page(`/pay/${club.link}`);
    expect(form).toMatch(/12\.50 EUR every month, next on/);
    expect(form).toMatch(/type="radio" name="asset" value="XLM"/);
  });

  it('is told to its merchant in euro, whose list of links it leaves as it is', async () => {
    const club = await fiat.member({ interval: 'week' });
    const count = async (): Promise<number> =>
      (await shop.partner.get('payment_links?page[size]=100')).body.data.length;
    const before = await count();
    await forward(app, { advanceSeconds: 6 * DAY });
    expect(await count()).toBe(before);
    const [, period] = (await shop.partner.get(`subscriptions/${club.id}/periods`)).body.data;
    expect(period).toMatchObject({ attributes: { amount: '12.50', state: 'open' } });
    expect(period.relationships.invoice.data).toBeNull();
    const { type, id } = period.relationships.link.data;
    expect(type).toBe('paymentLinks');
    const link = (await shop.partner.get(`payment_links/${id}`)).body.data;
    expect(link.attributes).toMatchObject({ publicId: await fiat.link(club), amount: '12.50', currency: 'EUR' });
    const refused = await shop.partner.send('PATCH', `payment_links/${id}`, {
      data: { type: 'paymentLinks', id, attributes: { amount: '1' } },
    });
    expect([refused.status, refused.body.errors[0].code]).toEqual([409, 'link_final']);
    const current = async () =>
      (await shop.partner.get(`subscriptions/${club.id}`)).body.data.relationships.currentInvoice.data;
    expect(await current()).toBeNull();
    const quote = await fiat.choose(await fiat.link(club));
    const [row] = await app.sql<{ id: string }>('select id from invoices where public_id = $1', [quote]);
    expect(await current()).toEqual({ type: 'invoices', id: row?.id });
    const invoice = (await shop.partner.get(`invoices/${row?.id}`)).body.data;
    expect(invoice.attributes).toMatchObject({ amount: '50.00', periodIndex: 1 });
    expect(invoice.relationships.subscription.data).toEqual({ type: 'subscriptions', id: club.id });
    // Its merchant withdraws the only quote that is open: that period is not asked for.
    expect((await shop.partner.command(`invoices/${row?.id}/cancellation`)).status).toBe(200);
    expect((await fiat.shown(club.portal))[0]).toMatchObject({ state: 'cancelled', payable: false });
    await soundBooks(app);
  });

  it('keeps its tax as it was frozen, and changes its price in euro', async () => {
    const rate = (percentage: string) => ({ name: 'VAT', percentage, inclusive: false });
    const tax = (await shop.partner.create('tax_rates', rate('20'))).body.data;
    const made = await shop.partner.create(
      'payment_links',
      {
        kind: 'subscription',
        amount: '10',
        currency: 'EUR',
        paymentType: 'Invoice',
        expiresAt: new Date(app.get(Clock).now().getTime() + 90 * DAY * 1000).toISOString(),
        recurrence: { interval: 'week' },
      },
      { taxRate: { data: { type: 'taxRates', id: tax.id } } },
    );
    expect(made.body.data.attributes.recurrence.rollForward).toBe(false);
    const { publicId } = made.body.data.attributes;
    fiat.price = '0.25';
    const enrolled = await Subscriber.enrol(app, { publicId });
    expect(await fiat.pay(enrolled.body.publicId as string)).toBe('exact');
    const [row] = await app.sql<{ id: string }>('select id from subscriptions where link_id = $1', [made.body.data.id]);
    const changed = await shop.partner.send('PATCH', `tax_rates/${tax.id}`, {
      data: { type: 'taxRates', id: tax.id, attributes: { percentage: '5' } },
    });
    expect(changed.status).toBe(200);
    const dearer = await shop.partner.create(`subscriptions/${row?.id}/price_change`, { amount: '20', fromPeriod: 2 });
    expect(dearer.status).toBe(200);
    const token = new URL(enrolled.body.portalUrl as string).pathname.slice('/s/'.length);
    for (const [euro, total] of [
      ['12.00', 480_000_000n],
      ['24.00', 960_000_000n],
    ] as const) {
      await forward(app, { advanceSeconds: 7 * DAY });
      const [period] = (await app.client.get(`/checkout/subscriptions/${token}`)).body.periods as ShownPeriod[];
      expect(period?.amount).toBe(euro);
      const quote = await fiat.choose(period?.link as string);
      expect((await fiat.asked(quote)).total).toBe(total);
      expect(await fiat.pay(quote)).toBe('exact');
    }
    await soundBooks(app);
  });

  it('is not begun by its merchant, and repeats no old payment', async () => {
    const link = await Subscriber.link(app, shop, MONTHLY, { currency: 'EUR' });
    const customer = await shop.partner.create('customers', { name: 'Ada', email: 'ada@example.com' });
    const refused = await shop.partner.create(
      'subscriptions',
      {},
      {
        link: { data: { type: 'paymentLinks', id: link.id } },
        customer: { data: { type: 'customers', id: customer.body.data.id } },
      },
    );
    expect([refused.status, refused.body.errors[0].code]).toEqual([409, 'link_not_open']);
    expect(refused.body.errors[0].detail).toContain(`/pay/${link.publicId}`);
    const rolling = await shop.partner.create('payment_links', {
      kind: 'subscription',
      amount: '10',
      currency: 'EUR',
      paymentType: 'Invoice',
      expiresAt: new Date(app.get(Clock).now().getTime() + 90 * DAY * 1000).toISOString(),
      recurrence: { interval: 'week', rollForward: true },
    });
    expect([rolling.status, rolling.body.errors[0].code]).toEqual([422, 'recurrence_invalid']);
    expect(rolling.body.errors[0].source.pointer).toBe('/data/attributes/recurrence/rollForward');
  });
});
