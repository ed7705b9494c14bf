import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { AuditLogRepository } from '../../src/audit-log/audit-log.repository';
import { AuditLogService } from '../../src/audit-log/audit-log.service';
import { Ids } from '../../src/common/ids';
import { amountOf } from '../../src/common/money';
import { SystemRandomness } from '../../src/common/secrets';
import { dataSourceOptions } from '../../src/database/data-source';
import { Transactions } from '../../src/database/transactions';
import { readEnv } from '../../src/env';
import { CurrenciesService } from '../../src/rates/currencies.service';
import type { Quote } from '../../src/rates/quote';
import { QuoteTermsService } from '../../src/rates/quote-terms.service';
import { QuotesRepository } from '../../src/rates/quotes.repository';
import { type QuoteRequest, QuotesService } from '../../src/rates/quotes.service';
import { RatesService } from '../../src/rates/rates.service';
import { deepBook, ledgerWith, networks } from '../../src/rates/rates.fixture';
import { OrderBookRates } from '../../src/rates/order-book-rates';
import { testDatabase, type TestDatabase } from '../support/database';
import { ManualClock } from '../support/manual-clock';
import { poolOf } from '../support/pool-of';

const START = new Date('2026-11-21T12:00:00.250Z');
const PAGE = {
  limit: 3,
  order: [
    { field: 'createdAt', descending: true },
    { field: 'id', descending: true },
  ],
  from: null,
};

let database: TestDatabase;
let dataSource: DataSource;
let clock: ManualClock;
let transactions: Transactions;
let service: QuotesService;
let ledgerStands: boolean;
beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await testDatabase();
  dataSource = await new DataSource(
    dataSourceOptions({ url: database.url, poolSize: 4, prepare: false, applicationName: 'test' }),
  ).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});
beforeEach(() => {
  clock = new ManualClock(START);
  ledgerStands = false;
  const settings = readEnv({ NETWORKS: 'testnet', CURRENCY_LIMITS: 'EUR=0.01..100000' });
  const ids = new Ids(clock, new SystemRandomness());
  transactions = new Transactions(poolOf(dataSource), clock);
  const ledgers = ledgerWith({ XLM: () => deepBook('0.1'), EURC: () => deepBook('1.08') }, () =>
    ledgerStands ? START : clock.now(),
  );
  const source = new OrderBookRates(ledgers, networks, { depth: settings.rates.bookDepth, maxSpreadBp: 200 }, clock);
  const rates = new RatesService({ all: [source] }, settings, clock);
  const terms = new QuoteTermsService(rates, new CurrenciesService(networks, settings), settings, ids, clock);
  service = new QuotesService(
    terms,
    new QuotesRepository(transactions),
    new AuditLogService(new AuditLogRepository(transactions), ids, clock),
    transactions,
    clock,
  );
});

async function merchant(): Promise<string> {
  const id = randomUUID();
  await dataSource.query(
    `insert into merchants (id, name, default_network, created_at, updated_at) values ($1, 'Ada', 'testnet', now(), now())`,
    [id],
  );
  return id;
}

function request(merchantId: string, more: Partial<QuoteRequest> = {}): QuoteRequest {
  return { merchantId, network: 'testnet', amount: amountOf('100'), currency: 'EUR', asset: 'XLM', ...more };
}

describe('quotes', () => {
  it('are kept as they were fixed, with what the rate rests on', async () => {
    const merchantId = await merchant();
    const quote = await service.quote(request(merchantId));
    expect(quote).toMatchObject({
      payAmount: amountOf('1080.1'),
      rate: '0.0925925925925',
      asset: { code: 'XLM', issuer: null },
    });
    expect(quote.expiresAt.toISOString()).toBe('2026-11-21T12:15:00.000Z');
    expect(quote.evidence).toEqual([
      { source: 'order-books', rate: '0.0925925925925', observedAt: START.toISOString() },
    ]);
    expect(await service.find({ merchantId, network: null }, quote.id)).toEqual(quote);
  });

  it('keep the promise to the merchant in the database itself', async () => {
    const merchantId = await merchant();
    const quote = await service.quote(request(merchantId));
    const repository = new QuotesRepository(transactions);
    const again = (more: Partial<Quote>): Promise<void> => repository.insert({ ...quote, id: randomUUID(), ...more });
    await again({});
    await expect(again({ payAmount: amountOf('1080') })).rejects.toThrow(/quotes_round_for_the_merchant/);
    await expect(again({ payAmount: amountOf('1080.2') })).rejects.toThrow(/quotes_round_for_the_merchant/);
    await expect(again({ expiresAt: new Date(quote.expiresAt.getTime() + 1) })).rejects.toThrow(
      /quotes_end_on_a_second/,
    );
    await expect(again({ expiresAt: new Date('2026-11-21T12:00:00.000Z') })).rejects.toThrow(/quotes_end_on_a_second/);
  });

  it('agree with the database about every amount and currency', async () => {
    const merchantId = await merchant();
    const amounts = fc.bigInt({ min: 1n, max: 10_000_000n }).map((cents) => cents * 100_000n);
    await fc.assert(
      fc.asyncProperty(amounts, fc.constantFrom('XLM', 'USDC', 'EURC'), async (amount, asset) => {
        const quote = await service.quote(request(merchantId, { amount, asset }));
        expect(await service.find({ merchantId, network: null }, quote.id)).toEqual(quote);
      }),
      { numRuns: 50 },
    );
  });

  it('are open until their second, and not after their link', async () => {
    const merchantId = await merchant();
    const owner = { merchantId, network: null };
    const quote = await service.quote(request(merchantId, { notAfter: new Date('2026-11-21T12:05:00.900Z') }));
    await expect(
      service.quote(request(merchantId, { notAfter: new Date('2026-11-21T12:00:00.900Z') })),
    ).rejects.toMatchObject({ code: 'quote_expired' });
    clock.set(new Date('2026-11-21T12:04:59.999Z'));
    expect(await service.getOpen(owner, quote.id)).toEqual(quote);
    clock.set(new Date('2026-11-21T12:05:00.000Z'));
    await expect(service.getOpen(owner, quote.id)).rejects.toMatchObject({ code: 'quote_expired', status: 409 });
    expect(await service.find(owner, quote.id)).toEqual(quote);
  });

  it('belong to one merchant and one network', async () => {
    const [ada, bob] = [await merchant(), await merchant()];
    const { id } = await service.quote(request(ada));
    const found = async (merchantId: string, network: 'testnet' | 'public' | null): Promise<unknown[]> => [
      (await service.find({ merchantId, network }, id))?.id ?? null,
      (await service.list({ merchantId, network }, PAGE)).length,
    ];
    expect([
      await found(ada, null),
      await found(ada, 'testnet'),
      await found(ada, 'public'),
      await found(bob, null),
    ]).toEqual([
      [id, 1],
      [id, 1],
      [null, 0],
      [null, 0],
    ]);
    for (const other of ['x', `${id}'`, id.toUpperCase()])
      expect(await service.find({ merchantId: ada, network: null }, other)).toBeNull();
    await expect(service.getOpen({ merchantId: bob, network: null }, id)).rejects.toMatchObject({
      code: 'resource_not_found',
    });
  });

  it('are listed page by page, also within one millisecond', async () => {
    const merchantId = await merchant();
    const ids: string[] = [];
    for (let made = 0; made < 7; made += 1) {
      if (made === 4) clock.advance(1000);
      ids.push((await service.quote(request(merchantId))).id);
    }
    const seen: string[] = [];
    for (let from: readonly string[] | null = null; ;) {
      const rows: Quote[] = await service.list({ merchantId, network: null }, { ...PAGE, from });
      seen.push(...rows.map(({ id }) => id));
      const last = rows.at(-1);
      if (last === undefined) break;
      from = [last.createdAt.toISOString(), last.id];
    }
    expect(seen).toEqual(ids.toReversed());
  });

  it('leave an entry in the audit log when somebody asked for them, and only then', async () => {
    const merchantId = await merchant();
    await service.quote(request(merchantId));
    const { id } = await service.quote(request(merchantId), { actor: 'api_key:1', requestId: 'r-1' });
    const entries = await dataSource.query<unknown[]>(
      'select action, actor, subject_id, request_id, network from audit_entries where merchant_id = $1',
      [merchantId],
    );
    expect(entries).toEqual([
      { action: 'quote.created', actor: 'api_key:1', subject_id: id, request_id: 'r-1', network: 'testnet' },
    ]);
  });

  it('do not exist where there is no rate', async () => {
    const merchantId = await merchant();
    ledgerStands = true;
    clock.advance(121_000);
    await expect(service.quote(request(merchantId))).rejects.toMatchObject({ code: 'rate_unavailable' });
    expect(await service.list({ merchantId, network: null }, PAGE)).toEqual([]);
  });

  it.each([
    ['an asset as the price', { currency: 'USDC' }, 'currency_unsupported'],
    ['a currency that is not priced in', { currency: 'GBP' }, 'currency_unsupported'],
    ['fiat to pay with', { asset: 'EUR' }, 'unsupported_pay_currency'],
    ['an asset of nobody', { asset: 'USDT' }, 'unsupported_pay_currency'],
    ['half a cent', { amount: amountOf('10.005') }, 'amount_too_precise'],
    ['too little', { amount: 0n }, 'amount_below_minimum'],
    ['too much', { amount: amountOf('100000.01') }, 'amount_above_maximum'],
  ] as const)('are refused with %s', async (_what, more, code) => {
    await expect(service.quote(request(await merchant(), more))).rejects.toMatchObject({ code, status: 422 });
  });
});
