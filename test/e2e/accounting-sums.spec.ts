import { Memo } from '@stellar/stellar-sdk';
import fc from 'fast-check';
import { amountOf } from '../../src/common/money';
import type { Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { csvTable, type Line, sumOf } from '../support/csv-table';
import { pdfPages } from '../support/pdf-text';
import type { TestShop } from '../support/shop';
import { DAY, forward, soundBooks, Subscriber } from '../support/subscriber';
import type { TestWallet } from '../support/wallet';

type Coin = 'XLM' | 'USDC';

/** What payers and the owner do with one invoice, one after the other. */
const STEPS = [
  'part',
  'rest',
  'over',
  'other coin',
  'attached',
  'refunded',
  'dismissed',
  'left',
  'superseded',
] as const;
interface Deal {
  readonly coin: Coin;
  readonly lines: readonly { readonly quantity: string; readonly rate: string }[];
  readonly tax: readonly { readonly percentage: string; readonly inclusive: boolean }[];
  readonly steps: readonly (typeof STEPS)[number][];
}
const number = (most: number, decimals: number): fc.Arbitrary<string> =>
  fc.integer({ min: 10 ** decimals, max: most * 10 ** decimals }).map((n) => (n / 10 ** decimals).toFixed(decimals));
const deal: fc.Arbitrary<Deal> = fc.record({
  coin: fc.constantFrom<Coin>('XLM', 'USDC'),
  lines: fc.array(fc.record({ quantity: number(9, 1), rate: number(20, 7) }), { minLength: 1, maxLength: 3 }),
  tax: fc.array(fc.record({ percentage: fc.constantFrom('19', '7.5', '0', '33.3333'), inclusive: fc.boolean() }), {
    maxLength: 3,
  }),
  steps: fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 4 }),
});

const BEGIN = new Date(Date.now() - 3_600_000).toISOString();

async function exported(app: TestApp, shop: TestShop, from: string, to: string): Promise<string> {
  const answer = await fetch(`${app.url}/api/public/v1/exports/accounting?from=${from}&to=${to}`, {
    headers: { authorization: `Bearer ${shop.key}` },
  });
  const text = await answer.text();
  expect([answer.status, text]).toEqual([200, text]);
  return text;
}
const created = async (shop: TestShop, path: string, attributes: object, relationships?: object): Promise<Json> => {
  const { status, body, text } = await shop.partner.create(path, attributes, relationships);
  expect([path, status, text]).toEqual([path, 201, text]);
  return body.data;
};
/** Everything, page by page. */
async function all(shop: TestShop, path: string): Promise<Json[]> {
  const rows: Json[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { status, body }: { status: number; body: Json } = await shop.partner.get(
      `${path}${path.includes('?') ? '&' : '?'}page[size]=50${cursor}`,
    );
    expect(status).toBe(200);
    rows.push(...body.data);
    const next: string | null | undefined = body.links?.next;
    cursor = next == null ? null : `&page[after]=${new URL(next, 'http://x').searchParams.get('page[after]') ?? ''}`;
  }
  return rows;
}

describe('the books of random money', () => {
  let app: TestApp;
  let payer: TestWallet;
  let shop: TestShop;
  beforeAll(async () => {
    app = await TestApp.start();
    payer = await app.wallet(['USDC']);
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    shop = await app.shop();
  });

  const balance = async (coin: Coin): Promise<bigint> => {
    const { balances } = (await (await fetch(`${app.horizonUrl}/accounts/${shop.wallet.address}`)).json()) as Json;
    const held = balances.find((each: Json) =>
      coin === 'XLM' ? each.asset_type === 'native' : each.asset_code === coin,
    );
    return amountOf(held.balance);
  };
  const pay = async (coin: Coin, amount: string, memo: string): Promise<string> => {
    const asset = coin === 'XLM' ? {} : { asset: payer.coin(coin) };
    const { hash } = await payer.pay(shop.wallet.address, amount, { memo: Memo.text(memo), ...asset });
    const [row] = await eventually(
      () => app.sql<{ id: string }>('select id from payments where transaction_hash = $1', [hash]),
      (rows) => rows.length > 0,
    );
    return row?.id as string;
  };
  const invoiced = async ({ coin, lines, tax }: Deal): Promise<string> => {
    if (tax.length === 0) {
      const priced = lines.map((line) => ({ description: 'Beans', ...line }));
      return (await created(shop, 'invoices', { currency: coin, lines: priced, taxRate: '19' })).id;
    }
    // Several rates, inclusive and exclusive, come by products.
    const products = await Promise.all(
      tax.map(async ({ percentage, inclusive }, at) => {
        const rate = await created(shop, 'tax_rates', { name: `VAT ${at}`, percentage, inclusive });
        const price = lines[at % lines.length]?.rate ?? '1';
        const taxRate = { data: { type: 'taxRates', id: rate.id } };
        return created(shop, 'products', { name: `Tee ${at}`, price, currency: coin }, { taxRate });
      }),
    );
    const terms = { kind: 'product', amount: null, currency: coin, paymentType: 'Invoice' };
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const data = products.map(({ id }) => ({ type: 'products', id }));
    const link = await created(shop, 'payment_links', { ...terms, expiresAt }, { products: { data } });
    const chosen = await app.client.post(`/checkout/${link.attributes.publicId}/choice`, { asset: coin });
    expect([chosen.status, chosen.text]).toEqual([200, chosen.text]);
    return (await shop.partner.get(`payment_links/${link.id}/invoices`)).body.data[0].id;
  };
  const resolve = async (payment: string, action: string, more: object, invoice?: string): Promise<number> => {
    const { status, body } = await shop.partner.create(
      'payment_resolutions',
      { action, ...more },
      {
        payment: { data: { type: 'payments', id: payment } },
        ...(invoice === undefined ? {} : { invoice: { data: { type: 'invoices', id: invoice } } }),
      },
    );
    if (status !== 201) expect(['payment_not_attachable', 'payment_not_held']).toContain(body.errors[0].code);
    return status;
  };
  /** Where it can be: not what is paid, nor what a link asks for. */
  const supersede = async (id: string): Promise<void> => {
    const { publicId, status } = (await shop.partner.get(`invoices/${id}`)).body.data.attributes;
    const answer = await shop.client.post(`/api/invoices/${publicId}/supersede`);
    expect([status === 'PAID' ? [400] : [201, 409, 400], answer.text]).toEqual([
      expect.arrayContaining([answer.status]),
      answer.text,
    ]);
  };
  const step = async (id: string, { coin }: Deal, what: (typeof STEPS)[number]): Promise<void> => {
    const { attributes } = (await shop.partner.get(`invoices/${id}`)).body.data;
    const due = amountOf(attributes.amount) - amountOf(attributes.amountReceived);
    const stroops = (n: bigint): string => `${n / 10_000_000n}.${String(n % 10_000_000n).padStart(7, '0')}`;
    const some = stroops(due > 3n ? due / 3n : 1n);
    switch (what) {
      case 'part':
        return void (await pay(coin, some, attributes.memo));
      case 'rest':
        return void (await pay(coin, stroops(due > 0n ? due : 1n), attributes.memo));
      case 'over':
        return void (await pay(coin, stroops((due > 0n ? due : 0n) + 12_345n), attributes.memo));
      case 'other coin':
        return void (await pay(coin === 'XLM' ? 'USDC' : 'XLM', some, attributes.memo));
      case 'left':
        return void (await pay(coin, some, 'which one?'));
      case 'attached':
        return void (await resolve(await pay(coin, some, 'which one?'), 'attach', {}, id));
      case 'refunded':
        return void (await resolve(await pay(coin, some, 'which one?'), 'refund', {
          refundTransactionHash: 'a'.repeat(64),
        }));
      case 'dismissed':
        return void (await resolve(await pay(coin, some, 'which one?'), 'dismiss', { reason: 'my own' }));
      case 'superseded': {
        await supersede(id);
      }
    }
  };
  const live = async (deals: readonly Deal[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const each of deals) {
      const id = await invoiced(each);
      ids.push(id);
      for (const what of each.steps) await step(id, each, what);
    }
    return ids;
  };

  it('are those of the ledger of payments, of invoices, of their receipts and of the account, and none changes any more', async () => {
    const seen = new Set<string>();
    const plain: Deal = { coin: 'USDC', lines: [{ quantity: '2', rate: '3.5' }], tax: [], steps: ['part', 'refunded'] };
    const deals = fc.sample(deal, { seed: 8, numRuns: 9 });
    const [early, late] = [
      [plain, ...deals.slice(0, 5)],
      [{ ...plain, steps: ['part', 'superseded', 'dismissed'] as const }, ...deals.slice(5)],
    ];
    const before = { XLM: await balance('XLM'), USDC: await balance('USDC') };
    const ids = await live(early);
    const cut = new Date(Date.now() + 5).toISOString();
    await eventually(
      () => Promise.resolve(Date.now() > Date.parse(cut)),
      (over) => over,
    );
    const first = await exported(app, shop, BEGIN, cut);

    // What was held or counted by then is decided about, and taken off, afterwards.
    const waiting = (await all(shop, 'payments?filter[status]=held')).map(({ id }) => id as string);
    for (const [at, id] of waiting.entries()) await resolve(id, 'attach', {}, ids[at % ids.length]);
    for (const id of ids) await supersede(id);
    ids.push(...(await live(late)));
    const end = new Date(Date.now() + 60_000).toISOString();
    const whole = await exported(app, shop, BEGIN, end);

    expect(await exported(app, shop, BEGIN, cut)).toBe(first);
    expect(await exported(app, shop, BEGIN, end)).toBe(whole);
    const [head = ''] = whole.split('\r\n');
    const body = (text: string): string => text.slice(head.length + 2);
    expect(body(first) + body(await exported(app, shop, cut, end))).toBe(body(whole));

    const lines = csvTable(whole);
    for (const { kind } of lines as { kind: string }[]) seen.add(kind);
    expect([...seen].toSorted()).toEqual(['dismissed', 'held', 'payment', 'refunded', 'released']);
    await sumsAreThoseOfPayments(lines, before);
    await sumsAreThoseOfInvoices(lines);
    for (const line of lines)
      expect([line['kind'], line['fee']]).toEqual([line['kind'], line['kind'] === 'refunded' ? '' : '0.00']);
  });

  async function sumsAreThoseOfPayments(lines: readonly Line[], before: Readonly<Record<Coin, bigint>>): Promise<void> {
    const payments = (await all(shop, 'payments')).map(({ attributes }) => attributes as Json);
    for (const coin of ['XLM', 'USDC'] as const) {
      const told = lines.filter((line) => line['asset_code'] === coin);
      const sum = (status: string): bigint =>
        payments
          .filter((payment) => payment.status === status && payment.assetCode === coin)
          .reduce((total, { amount }) => total + amountOf(amount), 0n);
      expect([coin, sumOf(told, 'received'), sumOf(told, 'held'), sumOf(told, 'refunded')]).toEqual([
        coin,
        sum('applied'),
        sum('held'),
        sum('refunded'),
      ]);
      const dismissed = sumOf(
        told.filter(({ kind }) => kind === 'dismissed'),
        'held',
      );
      expect(dismissed).toBe(-sum('dismissed'));
      // What came in by the books is what the account has more: nothing is kept back, so fees are nothing.
      const came = sumOf(told, 'received') + sumOf(told, 'held') + sumOf(told, 'refunded') - dismissed;
      expect([coin, (await balance(coin)) - before[coin]]).toEqual([coin, came + sumOf(told, 'fee')]);
    }
  }

  async function sumsAreThoseOfInvoices(lines: readonly Line[]): Promise<void> {
    const invoices = await all(shop, 'invoices');
    const paid = invoices.filter(({ attributes }) => attributes.status === 'PAID');
    expect(paid.length).toBeGreaterThan(1);
    expect(paid.some(({ attributes }) => attributes.taxBreakdown.length > 1)).toBe(true);
    expect(new Set(lines.filter(({ total }) => total !== '').map(({ invoice }) => invoice))).toEqual(
      new Set(paid.map(({ attributes }) => attributes.number as string)),
    );
    expect(lines.filter(({ total }) => total !== '')).toHaveLength(paid.length);
    for (const { id, attributes } of invoices) {
      const own = lines.filter(
        ({ invoice, kind }) => invoice === attributes.number && kind !== 'refunded' && kind !== 'dismissed',
      );
      expect([attributes.number, sumOf(own, 'received')]).toEqual([
        attributes.number,
        amountOf(attributes.amountReceived),
      ]);
      if (attributes.status !== 'PAID') continue;
      const [line] = own.filter(({ total }) => total !== '') as [Line];
      const byRate = (line['tax_by_rate'] ?? '').split('; ').filter((each) => each !== '');
      const taxes = byRate.reduce((sum, each) => sum + amountOf(each.split(': ')[1] ?? ''), 0n);
      expect([line['total'], amountOf(line['tax'] ?? ''), taxes]).toEqual([
        attributes.amount,
        amountOf(attributes.taxAmount),
        amountOf(attributes.taxAmount),
      ]);
      expect(sumOf([line], 'net') + sumOf([line], 'tax') - sumOf([line], 'discount')).toBe(amountOf(attributes.amount));
      const pdf = await fetch(`${app.url}/api/public/v1/invoices/${id}/receipt`, {
        headers: { authorization: `Bearer ${shop.key}` },
      });
      const text = (await pdfPages(Buffer.from(await pdf.arrayBuffer()))).join(' ').replaceAll(/\s+/g, ' ');
      for (const sum of [`Total ${attributes.amount} `, `${attributes.amountReceived} ${attributes.currency}`])
        expect(text).toContain(sum);
      for (const { received, transaction_hash: hash } of own.filter(({ kind }) => kind === 'payment'))
        expect([text.includes(received ?? '?'), text.includes(hash ?? '?')]).toEqual([true, true]);
    }
  }
});

describe('money that was rolled forward to the next period', () => {
  it('is held in the books until that period is open, and counts from then on', async () => {
    const app = await Subscriber.app();
    try {
      const shop = await app.shop();
      const club = await Subscriber.begin(app, shop, { interval: 'week' });
      await club.pay();
      await club.pay(0);
      const early = await exported(app, shop, BEGIN, new Date(Date.now() + DAY * 1000).toISOString());
      expect(csvTable(early).map(({ kind, received, held }) => [kind, received, held])).toEqual([
        ['payment', '12.50', '0.00'],
        ['held', '0.00', '12.50'],
      ]);
      await forward(app, { advanceSeconds: 6 * DAY });
      const whole = csvTable(await exported(app, shop, BEGIN, new Date(Date.now() + 9 * DAY * 1000).toISOString()));
      expect(whole.map(({ kind, received, held, total }) => [kind, received, held, total])).toEqual([
        ['payment', '12.50', '0.00', '12.50'],
        ['held', '0.00', '12.50', ''],
        ['payment', '12.50', '-12.50', '12.50'],
      ]);
      await soundBooks(app);
    } finally {
      await app.stop();
    }
  });
});
