import { Memo } from '@stellar/stellar-sdk';
import type { Invoice } from '../../src/invoices/invoice';
import { LinkCheckoutService } from '../../src/links/choices/link-checkout.service';
import { ExpiryService } from '../../src/payments/expiry.service';
import { QuoteHousekeepingService } from '../../src/rates/quote-housekeeping.service';
import type { Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { ManualClock } from '../support/manual-clock';
import type { PartnerProgram } from '../support/partner-program';
import { RateSource } from '../support/rate-source';
import type { TestWallet } from '../support/wallet';

let app: TestApp;
let rates: RateSource;
let shop: TestWallet;
let payer: TestWallet;
let partner: PartnerProgram;
const clock = new ManualClock();

beforeAll(async () => {
  rates = await RateSource.start(
    () => '0.25',
    () => clock.now().getTime(),
  );
  app = await TestApp.start({ ports: { clock }, env: rates.onlyEnv });
  [{ wallet: shop, partner }, payer] = await Promise.all([app.shop(), app.wallet(['EURC'])]);
});
afterAll(async () => {
  await app.stop();
  await rates.stop();
});

const open = async (changes: object = {}): Promise<Json> => {
  const expires_at = new Date(clock.now().getTime() + 24 * 3600 * 1000).toISOString();
  const { status, body } = await partner.create('payment_links', {
    amount: '20',
    currency: 'EUR',
    paymentType: 'Invoice',
    expires_at,
    ...changes,
  });
  expect(status).toBe(201);
  return body.data;
};
const choose = (link: Json, asset: string, address = '192.0.2.1'): Promise<Invoice> =>
  app.get(LinkCheckoutService).open(link.attributes.publicId, { asset }, address);
const read = async (link: Json): Promise<Json> => (await partner.get(`payment_links/${link.id}?include=target`)).body;
const state = async (link: Json): Promise<string> => (await read(link)).data.attributes.status;
const told = async (link: Json): Promise<string[]> =>
  (
    await app.sql<{ type: string }>('select type from events where subject_id = $1 order by written_at, id', [link.id])
  ).map(({ type }) => type);

describe('a link priced in fiat', () => {
  it('gets its child by a choice, at the rate of that moment, and completes with it', async () => {
    const link = await open({ reference: 'chosen' });
    const invoice = await choose(link, 'XLM');
    const { data, included } = await read(link);
    expect(data.attributes).toMatchObject({ status: 'pending', network: 'sandbox', amount: '20.00', currency: 'EUR' });
    expect(data.relationships.target.data).toEqual({ type: 'invoices', id: invoice.id });
    expect(included[0].attributes).toMatchObject({
      amount: '80.00',
      currency: 'XLM',
      reference: 'chosen',
      status: 'PENDING',
    });
    expect(invoice.expiresAt!.getTime() - clock.now().getTime()).toBeLessThanOrEqual(900_000);
    await payer.pay(shop.address, '80', { memo: Memo.text(invoice.memo) });
    await eventually(
      () => state(link),
      (status) => status === 'completed',
    );
    expect(await told(link)).toEqual(['link.created', 'link.chosen', 'link.paid']);
    await expect(choose(link, 'XLM')).rejects.toMatchObject({ code: 'link_choice_closed' });
  });

  it('settles in the account that was named, whatever the payer holds', async () => {
    const invoice = await choose(await open({ accountCurrency: 'EUR', payCurrencies: ['XLM'] }), 'XLM');
    expect([invoice.assetCode, invoice.total]).toEqual(['EURC', 800_000_000n]);
  });

  it('gives the same child for the same choice, and refuses what is not offered', async () => {
    const link = await open({ payCurrencies: ['XLM', 'EURC'] });
    const first = await choose(link, 'XLM');
    expect((await choose(link, 'XLM')).id).toBe(first.id);
    await expect(choose(link, 'USDC')).rejects.toMatchObject({ code: 'unsupported_pay_currency' });
    await expect(
      app.get(LinkCheckoutService).open('abcdefghijklmnopqrstuvwxyz234567', { asset: 'XLM' }, '192.0.2.1'),
    ).rejects.toMatchObject({ code: 'link_not_found' });
    await expect(choose(await open({ currency: 'XLM' }), 'EURC')).rejects.toMatchObject({ code: 'link_choice_closed' });
  });

  it('keeps the quote it was chosen at, while one that nobody chose goes 30 days after its end', async () => {
    const invoice = await choose(await open(), 'XLM');
    const [{ merchantId, quoteId } = { merchantId: '', quoteId: '' }] = await app.sql<{
      merchantId: string;
      quoteId: string;
    }>('select merchant_id as "merchantId", quote_id as "quoteId" from payment_link_choices where invoice_id = $1', [
      invoice.id,
    ]);
    const made = (count: number, days: number): Promise<unknown> =>
      app.sql(
        `insert into quotes select $1, gen_random_uuid(), 'sandbox', 'EUR', 1000, 'XLM', null, 1000, 1, '[]', $3::timestamptz, date_trunc('second', $3::timestamptz) + interval '1 second' from generate_series(1, $2)`,
        [merchantId, count, new Date(clock.now().getTime() - days * 86_400_000)],
      );
    await made(4_500, 31);
    await made(3, 29);
    await app.sql(
      `update quotes set created_at = created_at - interval '40 days', expires_at = expires_at - interval '40 days' where id = $1`,
      [quoteId],
    );
    const before = await app.sql<{ count: bigint }>('select count(*) as count from quotes');
    expect(await app.get(QuoteHousekeepingService).sweep()).toBe(4_500);
    expect(
      Number(before[0]?.count) -
        Number((await app.sql<{ count: bigint }>('select count(*) as count from quotes'))[0]?.count),
    ).toBe(4_500);
    expect(await app.sql('select from quotes where id = $1', [quoteId])).toHaveLength(1);
    expect(await app.get(QuoteHousekeepingService).sweep()).toBe(0);
  });

  it('has one child, however many choose at once', async () => {
    const link = await open();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => choose(link, 'XLM')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    const [row] = await app.sql<{ children: bigint; open: bigint }>(
      `select count(*) as children, count(*) filter (where i.status = 'PENDING') as open from payment_link_choices c join invoices i on i.merchant_id = c.merchant_id and i.id = c.invoice_id where c.link_id = $1`,
      [link.id],
    );
    expect(row).toEqual({ children: 1n, open: 1n });
  });

  it('can be chosen for again; money for the first choice still completes it and ends the second', async () => {
    const link = await open();
    const [first, second] = [await choose(link, 'XLM'), await choose(link, 'EURC')];
    expect((await read(link)).data.relationships.target.data.id).toBe(second.id);
    clock.advance(2000);
    await payer.pay(shop.address, '80', { memo: Memo.text(first.memo) });
    await eventually(
      () => state(link),
      (status) => status === 'completed',
    );
    expect((await read(link)).data.relationships.target.data.id).toBe(first.id);
    const statuses = await app.sql<{ status: string }>('select status from invoices where id = any($1) order by id', [
      [first.id, second.id],
    ]);
    expect(statuses.map(({ status }) => status)).toEqual(['PAID', 'EXPIRED']);
    expect(await told(link)).toEqual(['link.created', 'link.chosen', 'link.chosen', 'link.paid']);
  });

  it('can be chosen for by somebody else once something was paid for a choice', async () => {
    const link = await open();
    const invoice = await choose(link, 'XLM');
    await payer.pay(shop.address, '1', { memo: Memo.text(invoice.memo) });
    await eventually(
      async () => (await read(link)).included[0].attributes.amountReceived,
      (received) => received === '1.00',
    );
    expect((await choose(link, 'EURC')).status).toBe('PENDING');
  });

  it('goes back to its payers when the quote lapses, and expires at its own end', async () => {
    const link = await open();
    await choose(link, 'XLM');
    clock.advance(16 * 60_000);
    await eventually(
      async () => {
        await app.get(ExpiryService).runDue();
        return state(link);
      },
      (status) => status === 'created',
    );
    // A rate is remembered for some real seconds, and by the clock of this test it is too old by now.
    const again = await eventually(
      () => choose(link, 'XLM').catch(() => null),
      (invoice) => invoice !== null,
    );
    expect((await read(link)).data.relationships.target.data.id).toBe(again?.id);
    expect((await partner.command(`payment_links/${link.id}/expiration`)).body.data.attributes.status).toBe('expired');
    expect(await told(link)).toEqual(['link.created', 'link.chosen', 'link.reopened', 'link.chosen', 'link.expired']);
  });
});
