import { Asset, Memo, Operation } from '@stellar/stellar-sdk';
import { LinkCheckoutService } from '../../src/links/choices/link-checkout.service';
import { LinkViewsService } from '../../src/links/statistics/link-views.service';
import { ExpiryService } from '../../src/payments/expiry.service';
import type { Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { ManualClock } from '../support/manual-clock';
import type { TestShop } from '../support/shop';
import type { TestWallet } from '../support/wallet';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const DAY_MS = 24 * 3_600_000;
const NOBODYS = '01890000-0000-7000-8000-000000000000';
const MONTH_AHEAD_MS = 30 * DAY_MS;

const clock = new ManualClock();
let app: TestApp;
let second: TestApp;
let shop: TestShop;
let other: TestShop;
let payer: TestWallet;
beforeAll(async () => {
  app = await TestApp.start({ ports: { clock }, env: { CHECKOUT_SECONDS: '30' } });
  second = await TestApp.start({
    ports: { clock },
    databaseUrl: app.databaseUrl,
    reconcile: false,
    env: { ROLE: 'api' },
  });
  [shop, other, payer] = await Promise.all([app.shop(), app.shop(), app.wallet(['USDC'])]);
});
afterAll(async () => {
  await second.stop();
  await app.stop();
});

const donation = async (): Promise<Json> => {
  const { status, body } = await shop.partner.create('payment_links', {
    kind: 'donation',
    amount: null,
    currency: 'XLM',
    paymentType: 'Invoice',
    openAmount: { minimum: '1', maximum: '9', presets: [] },
    expiresAt: new Date(clock.now().getTime() + MONTH_AHEAD_MS).toISOString(),
  });
  expect(status).toBe(201);
  return { id: body.data.id, ...body.data.attributes };
};
const look = async (link: Json, headers: Record<string, string> = {}, method = 'GET', at = app): Promise<number> =>
  (
    await fetch(`${at.url}/pay/${link.publicId}`, {
      method,
      redirect: 'manual',
      headers: { 'user-agent': BROWSER, ...headers },
    })
  ).status;
const flush = async (): Promise<void> => {
  await Promise.all([app, second].map((each) => each.get(LinkViewsService).flush()));
};
const statistics = async (link: Json, query = ''): Promise<Json> => {
  const { status, body } = await shop.partner.get(`payment_links/${link.id}/statistics${query}`);
  expect([status, body]).toEqual([200, body]);
  return body.data.attributes;
};
const counted = async (link: Json, opened: number): Promise<Json> => {
  await flush();
  return eventually(
    () => statistics(link),
    ({ totals }) => totals.opened >= opened,
  );
};
let addresses = 0;
const open = (link: Json, amount: string): ReturnType<LinkCheckoutService['open']> =>
  app.get(LinkCheckoutService).open(link.publicId, { asset: 'XLM', amount }, `10.0.1.${(addresses += 1)}`);
const statusBecomes = (id: string, wanted: string): Promise<unknown> =>
  eventually(
    async () => {
      await app.get(ExpiryService).runDue();
      return (await shop.partner.get(`invoices/${id}`)).body.data.attributes.status;
    },
    (status) => status === wanted,
  );

describe('the statistics of a link', () => {
  it('count page views without cookies, and neither HEAD, previews, programs nor what was fetched ahead', async () => {
    const link = await donation();
    expect(await look(link)).toBe(200);
    expect(await look(link)).toBe(200);
    expect(await look(link, {}, 'HEAD')).toBe(200);
    expect(await look(link, { 'user-agent': 'WhatsApp/2.23.20.0' })).toBe(200);
    expect(await look(link, { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' })).toBe(200);
    expect(await look(link, { 'sec-purpose': 'prefetch;prerender' })).toBe(200);
    expect(await look(link, { purpose: 'prefetch' })).toBe(200);
    await look({ publicId: `${link.publicId}.` });
    const { totals, days } = await counted(link, 2);
    expect(totals).toEqual({ opened: 2, chosen: 0, paid: 0, abandoned: 0, conversion: '0.0000', received: [] });
    expect(days).toEqual([{ date: clock.now().toISOString().slice(0, 10), ...totals }]);
  });

  it('are empty before anything happened, for thirty days', async () => {
    const { from, to, totals, days } = await statistics(await donation());
    expect([totals.opened, totals.conversion, days]).toEqual([0, null, []]);
    expect(to).toBe(clock.now().toISOString().slice(0, 10));
    expect((Date.parse(to) - Date.parse(from)) / DAY_MS).toBe(29);
  });

  it('say what was chosen, paid and left, on its day, and what came in of each asset', async () => {
    const link = await donation();
    for (let looks = 0; looks < 4; looks++) await look(link);
    await counted(link, 4);
    const first = clock.now().toISOString().slice(0, 10);
    const [one, two, left] = [await open(link, '2'), await open(link, '3'), await open(link, '4')];
    for (const [invoice, amount] of [
      [one, '2'],
      [two, '4.5'],
    ] as const) {
      await payer.pay(shop.wallet.address, amount, { memo: Memo.text(invoice.memo) });
      await statusBecomes(invoice.id, 'PAID');
    }
    // Held money is not received.
    await payer.pay(shop.wallet.address, '1', { memo: Memo.text(left.memo), asset: payer.coin('USDC') });
    clock.advance(DAY_MS);
    await statusBecomes(left.id, 'EXPIRED');
    const { totals, days } = await statistics(link);
    const received = [{ assetCode: 'XLM', assetIssuer: null, amount: '6.50' }];
    expect(totals).toEqual({ opened: 4, chosen: 3, paid: 2, abandoned: 1, conversion: '0.5000', received });
    const next = clock.now().toISOString().slice(0, 10);
    expect(days.map((day: Json) => [day.date, day.opened, day.chosen, day.paid, day.abandoned])).toEqual([
      [first, 4, 3, 2, 0],
      [next, 0, 0, 0, 1],
    ]);
    const only = await statistics(link, `?filter[from]=${next}&filter[to]=${next}`);
    expect([only.totals.paid, only.totals.abandoned, only.totals.received, only.days]).toHaveLength(4);
    expect([only.totals.paid, only.totals.abandoned]).toEqual([0, 1]);
    // What was paid is what the ledger of payments says.
    const [books] = await app.sql<{ amount: string }>(
      `select (sum(p.amount)::numeric / 10000000)::numeric(20, 2)::text as amount from payments p
       join payment_link_choices c on c.merchant_id = p.merchant_id and c.invoice_id = p.invoice_id where c.link_id = $1 and p.disposition = 'applied'`,
      [link.id],
    );
    expect(books?.amount).toBe('6.50');
  });

  it('count a link that was born with its invoice', async () => {
    const { body } = await shop.partner.create('payment_links?include=target', {
      amount: '3',
      currency: 'XLM',
      paymentType: 'Invoice',
      expiresAt: new Date(clock.now().getTime() + MONTH_AHEAD_MS).toISOString(),
    });
    const link = { id: body.data.id, ...body.data.attributes };
    await look(link);
    await payer.submitTimeless(
      [Operation.payment({ destination: shop.wallet.address, amount: '3', asset: Asset.native() })],
      Memo.text(body.included[0].attributes.memo),
    );
    await statusBecomes(body.included[0].id, 'PAID');
    const { totals } = await counted(link, 1);
    expect(totals).toMatchObject({
      opened: 1,
      chosen: 0,
      paid: 1,
      abandoned: 0,
      conversion: '1.0000',
      received: [{ amount: '3.00' }],
    });
  });

  it('add up what two processes write at once', async () => {
    const links = await Promise.all([donation(), donation(), donation()]);
    const request = { method: 'GET', headers: { 'user-agent': BROWSER } };
    for (let round = 0; round < 20; round++) {
      for (const each of [app, second])
        for (const link of round % 2 === 0 ? links : links.toReversed())
          each.get(LinkViewsService).opened(link.publicId, request);
      await flush();
    }
    for (const link of links) expect((await counted(link, 40)).totals.opened).toBe(40);
  });

  it('keep what could not be written, and write it later', async () => {
    const link = await donation();
    const views = second.get(LinkViewsService);
    const repository = (views as unknown as { repository: { add: () => Promise<void> } }).repository;
    const add = jest.spyOn(repository, 'add').mockRejectedValue(new Error('away'));
    views.opened(link.publicId, { method: 'GET', headers: { 'user-agent': BROWSER } });
    await views.flush();
    add.mockRestore();
    expect((await counted(link, 1)).totals.opened).toBe(1);
  });

  it('of another merchant, or of nothing, are not there', async () => {
    const link = await donation();
    for (const address of ['payment_links/:id/statistics', 'payment_link_statistics/:id']) {
      const [theirs, nothing, malformed] = await Promise.all([
        other.partner.get(address.replace(':id', link.id)),
        other.partner.get(address.replace(':id', NOBODYS)),
        other.partner.get(address.replace(':id', 'x')),
      ]);
      expect([theirs.status, nothing.status, malformed.status]).toEqual([404, 404, 404]);
      expect(theirs.body.errors[0].detail).toBe(nothing.body.errors[0].detail);
      expect((await shop.partner.get(address.replace(':id', link.id))).status).toBe(200);
    }
  });

  it.each([
    ['filter[from]=yesterday'],
    ['filter[from]=2026-02-30'],
    ['filter[from]=2026-06-01&filter[from]=2026-06-02'],
    ['filter[from]=2026-06-02&filter[to]=2026-06-01'],
    ['filter[from]=2025-01-01&filter[to]=2026-06-01'],
    ['filter[when]=2026-06-01'],
    ['page[size]=1'],
    ['sort=from'],
  ])('refuse %s', async (query) => {
    const { status, body } = await shop.partner.get(`payment_links/${(await donation()).id}/statistics?${query}`);
    expect([status, body.errors[0].source.parameter]).toEqual([400, expect.stringMatching(/filter|page|sort/)]);
  });
});
