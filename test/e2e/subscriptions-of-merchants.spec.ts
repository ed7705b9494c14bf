import type { TestApp } from '../support/app';
import type { TestShop } from '../support/shop';
import { DAY, forward, soundBooks, Subscriber } from '../support/subscriber';

const WEEKLY = { interval: 'week' };

describe('what merchants do with subscriptions', () => {
  let app: TestApp;
  let shop: TestShop;
  let other: TestShop;
  const patch = (id: string, attributes: object, headers = {}) =>
    shop.partner.send('PATCH', `subscriptions/${id}`, { data: { type: 'subscriptions', id, attributes } }, headers);
  const later = (days: number, from: Date): string => new Date(from.getTime() + days * DAY * 1000).toISOString();

  beforeAll(async () => {
    app = await Subscriber.app();
    shop = await app.shop();
    other = await app.shop();
  });
  afterAll(() => app.stop());

  it('(S12) a pause over two periods skips them, and the anchor stays', async () => {
    const club = await Subscriber.begin(app, shop, WEEKLY);
    await club.pay();
    const anchor = (await club.row())['anchor_at'] as Date;
    const paused = await patch(club.id, { pausedUntil: later(15, anchor) });
    expect([paused.status, paused.body.data.attributes.pausedUntil]).toEqual([200, later(15, anchor)]);
    await forward(app, { to: later(22, anchor) });
    const periods = await club.periods();
    expect(periods.map(({ state }) => state)).toEqual(['paid', 'skipped', 'skipped', 'past_due']);
    expect([(await club.row())['anchor_at'], (await club.row())['paused_until']]).toEqual([anchor, null]);
    expect(await club.told()).toEqual([
      'created 0',
      'activated 0',
      'paused',
      'period_skipped 1',
      'period_skipped 2',
      'resumed',
      'invoice_opened 3',
      'reminder 3',
      'reminder 3',
      'past_due 3',
    ]);
    const refused = await patch(club.id, { pausedUntil: later(60, anchor) });
    expect([refused.status, refused.body.errors[0].code]).toEqual([409, 'subscription_not_pausable']);
    await soundBooks(app);
  });

  it('(S17) a price change counts from a period that is not open, and is refused for one that is', async () => {
    const club = await Subscriber.begin(app, shop, WEEKLY);
    await club.pay();
    const change = (amount: string, fromPeriod: number) =>
      shop.partner.create(`subscriptions/${club.id}/price_change`, { amount, fromPeriod });
    expect((await change('14.00', 3)).status).toBe(200);
    expect((await change('15.00', 2)).status).toBe(200);
    // What was announced from period 2 on is not taken back by what comes later.
    const second = await change('16.00', 3);
    expect([second.status, second.body.errors[0].code]).toEqual([409, 'price_change_pending']);
    const told = (await shop.partner.get(`subscriptions/${club.id}`)).body.data.attributes;
    expect([told.amount, told.nextAmount, told.nextAmountFromPeriod]).toEqual(['12.50', '15.00', 2]);
    expect((await app.client.get(new URL(club.portal).pathname)).text).toMatch(/From .{0,60} on it costs 15\.00 XLM/);
    await forward(app, { advanceSeconds: 6 * DAY });
    const late = await change('20.00', 1);
    expect([late.status, late.body.errors[0].code]).toEqual([409, 'price_change_too_late']);
    await club.pay(1);
    await forward(app, { advanceSeconds: 7 * DAY });
    expect((await club.periods()).map(({ total }) => Number(total) / 1e7)).toEqual([12.5, 12.5, 15]);
    const read = await shop.partner.get(`subscriptions/${club.id}?include=currentInvoice`);
    expect([read.body.data.attributes.amount, read.body.included[0].attributes.periodIndex]).toEqual(['15.00', 2]);
    await soundBooks(app);
  });

  it('(S14) gives a link its limit of enrolments, whoever races for them, and a slot back when one is not paid', async () => {
    const link = await Subscriber.link(app, shop, WEEKLY, { maxPayments: 3 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => Subscriber.enrol(app, link)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    await forward(app, { advanceSeconds: 3600 });
    expect(await app.sql('select status from subscriptions where link_id = $1', [link.id])).toEqual(
      Array.from({ length: 3 }, () => ({ status: 'incomplete_expired' })),
    );
    expect((await Subscriber.enrol(app, link)).status).toBe(200);
    await soundBooks(app);
  });

  it('(S19) every invoice has the tax that a link of one payment would have', async () => {
    const { body } = await shop.partner.create('tax_rates', { name: 'VAT', percentage: '19', inclusive: true });
    const taxRate = { taxRate: { data: { type: 'taxRates', id: body.data.id } } };
    const made = await shop.partner.create(
      'payment_links',
      {
        kind: 'subscription',
        amount: '11.90',
        currency: 'XLM',
        paymentType: 'Invoice',
        expiresAt: new Date((await nowOf()) + 90 * DAY * 1000).toISOString(),
        recurrence: WEEKLY,
      },
      taxRate,
    );
    const { publicId } = made.body.data.attributes;
    const enrolled = await Subscriber.enrol(app, { publicId });
    const [row] = await app.sql<{ id: string }>('select subscription_id as id from invoices where public_id = $1', [
      enrolled.body.publicId,
    ]);
    expect((await app.client.post(`/checkout/${enrolled.body.publicId}/test-payment`)).status).toBe(200);
    await forward(app, { advanceSeconds: 6 * DAY });
    const invoices = await app.sql<{ subtotal: bigint; tax: bigint; total: bigint; taxes: object }>(
      'select subtotal, tax_amount as tax, total, taxes from invoices where subscription_id = $1 order by period_index',
      [row?.id],
    );
    expect(invoices).toHaveLength(2);
    expect(invoices[1]).toEqual(invoices[0]);
    expect(invoices[0]).toMatchObject({ subtotal: 100_000_000n, tax: 19_000_000n, total: 119_000_000n });
    await soundBooks(app);
  });

  it('(S28) subscribes a customer, and keeps periods and amounts when the customer is erased and deleted', async () => {
    const link = await Subscriber.link(app, shop, WEEKLY);
    const customer = await shop.partner.create('customers', { name: 'Ada', email: 'ada@example.com' });
    const relationships = {
      link: { data: { type: 'paymentLinks', id: link.id } },
      customer: { data: { type: 'customers', id: customer.body.data.id } },
    };
    const attributes = { reference: 'member-1' };
    const made = await shop.partner.create('subscriptions?include=currentInvoice,customer', attributes, relationships);
    expect([made.status, made.text]).toEqual([201, made.text]);
    const { id } = made.body.data;
    const [invoice] = made.body.included.filter(({ type }: { type: string }) => type === 'invoices');
    expect([invoice.attributes.clientEmail, made.body.data.attributes.status]).toEqual([
      'ada@example.com',
      'incomplete',
    ]);
    expect(Date.parse(invoice.attributes.expiresAt) - (await nowOf())).toBeGreaterThan(6.9 * DAY * 1000);
    const again = await shop.partner.create('subscriptions', attributes, relationships);
    expect([again.status, again.body.errors[0].code]).toEqual([422, 'reference_duplicate']);
    await app.client.post(`/checkout/${invoice.attributes.publicId}/test-payment`);
    expect((await shop.partner.command(`customers/${customer.body.data.id}/erasure`)).status).toBe(200);
    expect((await shop.partner.send('DELETE', `customers/${customer.body.data.id}`)).status).toBe(204);
    const read = await shop.partner.get(`subscriptions/${id}/periods`);
    expect(read.body.data.map((each: { attributes: { amount: string } }) => each.attributes.amount)).toEqual(['12.50']);
    expect((await shop.partner.get(`subscriptions/${id}/customer`)).body.data).toBeNull();
    await soundBooks(app);
  });

  it('(S25) are found by nobody else, and cancelled by nobody who only reads', async () => {
    const club = await Subscriber.begin(app, shop, WEEKLY);
    const reader = await app.partner(shop.merchantId, { scopes: ['subscriptions:read'] });
    const paths = ['', '/periods', '/link', '/relationships/customer'].map((path) => `subscriptions/${club.id}${path}`);
    for (const path of paths) expect((await other.partner.get(path)).status).toBe(404);
    for (const path of ['cancellation', 'resumption', 'portal_link'])
      expect((await other.partner.create(`subscriptions/${club.id}/${path}`, {})).status).toBe(404);
    expect((await reader.get(`subscriptions/${club.id}`)).status).toBe(200);
    expect((await reader.create(`subscriptions/${club.id}/cancellation`, {})).status).toBe(403);
    const [period] = await app.sql<{ id: string }>('select id from subscription_periods where subscription_id = $1', [
      club.id,
    ]);
    expect((await other.partner.get(`subscription_periods/${period?.id}`)).status).toBe(404);
    expect((await shop.partner.get(`subscription_periods/${period?.id}/invoice`)).status).toBe(200);
    expect(await club.status()).toBe('incomplete');
  });

  async function nowOf(): Promise<number> {
    return Date.parse((await app.client.get('/sandbox/clock')).body.now);
  }
});
