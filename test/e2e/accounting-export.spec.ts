import { Memo } from '@stellar/stellar-sdk';
import { LinkCheckoutService } from '../../src/links/choices/link-checkout.service';
import { runCli } from '../../src/cli/run-cli';
import type { Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { csvTable, type Line, sumOf } from '../support/csv-table';
import { RateSource } from '../support/rate-source';
import type { TestShop } from '../support/shop';
import type { TestWallet } from '../support/wallet';

const DAY_MS = 24 * 3_600_000;
const day = (offset: number): string => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
const PERIOD = `from=${day(-1)}&to=${day(1)}`;

let app: TestApp;
let rates: RateSource;
let shop: TestShop;
let other: TestShop;
let payer: TestWallet;
beforeAll(async () => {
  rates = await RateSource.start(() => '0.25');
  app = await TestApp.start({ env: rates.onlyEnv });
  [shop, other, payer] = await Promise.all([app.shop(), app.shop(), app.wallet(['USDC'])]);
});
afterAll(async () => {
  await app.stop();
  await rates.stop();
});

const exported = async (query: string, by = shop): Promise<Response> =>
  fetch(`${app.url}/api/public/v1/exports/accounting?${query}`, { headers: { authorization: `Bearer ${by.key}` } });
const table = async (query = PERIOD, by = shop): Promise<Line[]> => {
  const answer = await exported(query, by);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  return csvTable(await answer.text());
};
const invoiced = async (more: object = {}): Promise<Json> => {
  const { status, body } = await shop.partner.create('invoices', {
    currency: 'XLM',
    lines: [{ description: 'Beans', quantity: '3', rate: '3.3333333' }],
    taxRate: '19',
    ...more,
  });
  expect(status).toBe(201);
  return { id: body.data.id, ...body.data.attributes };
};
const pay = async ({ id, memo }: { id: string; memo: string }, amount: string): Promise<void> => {
  const { hash } = await payer.pay(shop.wallet.address, amount, { memo: Memo.text(memo) });
  await eventually(
    () => app.sql('select from payments where transaction_hash = $1', [hash]),
    (rows) => rows.length > 0,
  );
  expect(id).toBeDefined();
};
describe('the accounting export', () => {
  it('has a line for every payment, and the sums of an invoice once', async () => {
    const invoice = await invoiced({
      clientName: '=cmd|calc',
      clientEmail: 'grace@example.com',
      reference: '+49, "x"',
    });
    await pay(invoice, '1');
    await pay(invoice, '10.8999999');
    await pay(invoice, '0.5');
    const lines = (await table()).filter((line) => line['invoice'] === invoice.number);
    expect(lines.map((line) => [line['kind'], line['received'], line['total']])).toEqual([
      ['payment', '1.00', ''],
      ['payment', '10.8999999', invoice.amount],
      ['payment', '0.50', ''],
    ]);
    expect(lines[1]).toMatchObject({
      customer: "'=cmd|calc",
      reference: `'+49, "x"`,
      net: '9.9999999',
      tax: '1.90',
      tax_by_rate: '19%: 1.90',
      asset_code: 'XLM',
      payer: payer.address,
      fiat_currency: '',
    });
  });

  it('values what was priced in another currency at the rate that the payer was promised', async () => {
    const { body } = await shop.partner.create('payment_links', {
      amount: '20',
      currency: 'EUR',
      paymentType: 'Invoice',
      expiresAt: new Date(Date.now() + DAY_MS).toISOString(),
    });
    const invoice = await app
      .get(LinkCheckoutService)
      .open(body.data.attributes.publicId, { asset: 'XLM' }, '10.0.0.1');
    await pay(invoice, '80');
    const [line] = (await table()).filter(({ invoice: number }) => number === invoice.number);
    expect(line).toMatchObject({
      kind: 'payment',
      received: '80.00',
      fiat_currency: 'EUR',
      fiat_value: '20.00',
      fiat_rate: '0.25',
    });
  });

  it('sums up to the ledger of payments and to the totals of what was paid, over many pages of random money', async () => {
    await app.sql(
      `with made as (
         insert into invoices (merchant_id, id, public_id, number, status, network, destination, asset_code, asset_issuer, title, lines, subtotal, tax_rate, taxes, tax_amount, discount, total, scale, received,
           reference_number, memo, created_by, created_at, updated_at, paid_at, closed_at, paid_transaction, paid_ledger, payer_wallet)
         select m.merchant_id, gen_random_uuid(), 'rnd' || n, 'RND-' || n, case when n % 3 = 0 then 'PENDING' else 'PAID' end, 'sandbox', 'GX', 'XLM', null, 't', '[]', a.net, 190000,
           '[]', a.tax, 0, a.net + a.tax, 7, 1, 1000000 + n, 'RND-' || n, 'x', now(), now(), case when n % 3 = 0 then null else now() end, case when n % 3 = 0 then null else now() end,
           case when n % 3 = 0 then null else md5(n::text) || md5('x') end, 5, 'GP'
         from (select $1::uuid as merchant_id) m, generate_series(1, 2500) n, lateral (select (random() * 1e12)::bigint + 1 as net, (random() * 1e11)::bigint as tax, n as nn) a
         returning merchant_id, id, reference_number - 1000000 as n)
       insert into payments (network, operation_id, change_index, id, merchant_id, invoice_id, disposition, outcome, kind, account, from_address, asset_code, asset_issuer, amount, memo_type, memo, transaction_hash, ledger, closed_at, recorded_at, applied_at)
       select 'sandbox', 9000000000000 + n, part, gen_random_uuid(), merchant_id, id, case when n % 7 = 0 then 'suspense' else 'applied' end, 'exact', 'payment', 'GX', 'GP', 'XLM', null, (random() * 1e12)::bigint + 1, 'text', ''::bytea,
         md5(n::text) || md5('x'), 5, now() - (n % 50) * interval '1 hour' * (case when n % 5 = 0 then 1 else 0 end), now(), now() - (n % 50) * interval '1 hour' * (case when n % 5 = 0 then 1 else 0 end)
       from made, generate_series(0, 1) part`,
      [shop.merchantId],
    );
    const lines = await table();
    const [from, to] = [`${day(-1)}T00:00:00Z`, `${day(2)}T00:00:00Z`];
    const [books] = await app.sql<{ received: string; count: number; total: string; tax: string }>(
      `with booked as (select * from payments where merchant_id = $1 and disposition = 'applied' and applied_at >= $2 and applied_at < $3)
       select (select sum(amount)::text from booked) as received, (select count(*)::int from booked) as count,
         (select sum(total)::text from invoices i where merchant_id = $1 and status = 'PAID' and exists (select from booked b where b.invoice_id = i.id and b.transaction_hash = i.paid_transaction)) as total,
         (select sum(tax_amount)::text from invoices i where merchant_id = $1 and status = 'PAID' and exists (select from booked b where b.invoice_id = i.id and b.transaction_hash = i.paid_transaction)) as tax`,
      [shop.merchantId, from, to],
    );
    expect(lines.length).toBeGreaterThan(3000);
    const counted = lines.filter(({ kind }) => kind === 'payment');
    expect([
      counted.length,
      String(sumOf(lines, 'received')),
      String(sumOf(lines, 'total')),
      String(sumOf(lines, 'tax')),
    ]).toEqual([books?.count, books?.received, books?.total, books?.tax]);
    expect(sumOf(lines, 'net') + sumOf(lines, 'tax') - sumOf(lines, 'discount')).toBe(sumOf(lines, 'total'));
    expect(new Set(counted.map((line) => line['payment_id'])).size).toBe(counted.length);
  });

  it('has held money in the period in which it was attached, not in an earlier one that was read before', async () => {
    const invoice = await invoiced();
    const { hash } = await payer.pay(shop.wallet.address, invoice.amount, { memo: Memo.text('which?') });
    const [payment] = await eventually(
      () => app.sql<{ id: string }>('select id from payments where transaction_hash = $1', [hash]),
      (rows) => rows.length > 0,
    );
    await app.sql(`update payments set closed_at = closed_at - interval '30 days' where transaction_hash = $1`, [hash]);
    const attached = await shop.partner.create(
      'payment_resolutions',
      { action: 'attach' },
      {
        payment: { data: { type: 'payments', id: payment?.id } },
        invoice: { data: { type: 'invoices', id: invoice.id } },
      },
    );
    expect([attached.status, attached.text]).toEqual([201, attached.text]);
    const lines = (await table()).filter((line) => line['invoice'] === invoice.number);
    expect(lines.map((line) => [line['kind'], line['date']?.slice(0, 10), line['booked_at']?.slice(0, 10)])).toEqual([
      ['payment', day(-30), day(0)],
    ]);
    expect(await table(`from=${day(-31)}&to=${day(-29)}`)).toEqual([]);
  });

  it('has what happens at the end of a period in the next one, and in that alone', async () => {
    const invoice = await invoiced();
    await pay(invoice, '1');
    const at = '2026-07-01T00:00:00.000Z';
    await app.sql('update payments set recorded_at = $2, applied_at = $2 where invoice_id = $1', [invoice.id, at]);
    const numbers = async (query: string): Promise<unknown[]> => (await table(query)).map((line) => line['invoice']);
    expect(await numbers('from=2026-06-01&to=2026-06-30')).toEqual([]);
    expect(await numbers('from=2026-06-30T00:00:00Z&to=2026-07-01T00:00:00Z')).toEqual([]);
    expect(await numbers('from=2026-07-01&to=2026-07-31')).toEqual([invoice.number]);
    expect(await numbers('from=2026-07-01T00:00:00Z&to=2026-07-01T00:00:00.001Z')).toEqual([invoice.number]);
    expect(await numbers('from=2026-07-01T00:00:00.001Z&to=2026-08-01T00:00:00Z')).toEqual([]);
  });

  it('G21: has the answers of the payer, harmless, in the line that pays', async () => {
    const invoice = await invoiced();
    await app.sql(`update invoices set payer = '{"customFields": {"=cmd()": "x", "size": "=cmd()"}}' where id = $1`, [
      invoice.id,
    ]);
    await pay(invoice, '1');
    await pay(invoice, '10.8999999');
    const lines = (await table()).filter((line) => line['invoice'] === invoice.number);
    expect(lines.map((line) => line['answers'])).toEqual(['', "'=cmd(): x; size: =cmd()"]);
  });

  it('is printed by the command as it is served', async () => {
    const args = ['export', 'accounting', '--merchant', shop.merchantId, '--from', day(-1), '--to', day(1)];
    expect(csvTable(await runCli(args, () => app.env))).toEqual(await table());
    await expect(runCli([...args.slice(0, 5), 'june', '--to', 'july'], () => app.env)).rejects.toThrow(
      /--from must be one day.*\n--to must be/,
    );
  });

  it('has the lines of its owner alone, and none of another time', async () => {
    expect(await table(PERIOD, other)).toEqual([]);
    expect(await table(`from=${day(-9)}&to=${day(-8)}`)).toEqual([]);
  });

  it.each([
    ['', ['from', 'to']],
    ['from=june&to=2026-02-30', ['from', 'to']],
    ['from=2026-06-02&to=2026-06-01', ['to']],
    ['from=2026-06-01&from=2026-06-02&to=2026-06-03', ['from']],
    ['from=2026-06-01&to=2026-06-03&format=xml', ['format']],
  ])('refuses "%s" with all that is wrong', async (query, parameters) => {
    const answer = await exported(query);
    const { errors } = (await answer.json()) as Json;
    expect([answer.status, errors.map((error: Json) => error.source.parameter)]).toEqual([400, parameters]);
  });

  it('G22: is saved under a name of our own, whatever is asked for', async () => {
    const { headers } = await exported(PERIOD);
    expect([headers.get('content-disposition'), headers.get('content-type')]).toEqual([
      'attachment; filename="accounting.csv"',
      expect.stringContaining('text/csv'),
    ]);
  });

  it('asks for the scope of payments', async () => {
    const weak = await app.shop({ scopes: ['links:read'] });
    expect((await exported(PERIOD, weak)).status).toBe(403);
    expect((await fetch(`${app.url}/api/public/v1/exports/accounting?${PERIOD}`)).status).toBe(401);
  });
});
