import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { Clock } from '../common/clock';
import { amountOf, formatAmount, NATIVE } from '../common/money';
import { type LedgerSource, LedgerUnavailable, type OrderBook } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import { marketPrice } from './market-price';
import { PricesService } from './prices.service';

const USDC = { code: 'USDC', issuer: 'GBBD47IF6LWK7P7MDEVSCWR7DPUWV3NY3DTQEVFL4NAT4AQH3ZLLFLA5' };

function book(bids: readonly (readonly [number, number])[], asks: readonly (readonly [number, number])[]): OrderBook {
  const levels = (side: readonly (readonly [number, number])[]): OrderBook['bids'] =>
    side.map(([n, d]) => ({ price: { n: BigInt(n), d: BigInt(d) }, amount: 1n }));
  return { bids: levels(bids), asks: levels(asks) };
}

describe('the price of a book', () => {
  it.each([
    ['the middle', book([[999, 10_000]], [[1001, 10_000]]), '0.1'],
    [
      'the best of each side, whatever the order',
      book(
        [
          [990, 10_000],
          [999, 10_000],
        ],
        [
          [1020, 10_000],
          [1001, 10_000],
        ],
      ),
      '0.1',
    ],
    ['halves up', book([[1, 10_000_000]], [[1, 10_000_000]]), '0.0000001'],
    ['a bid equal to the ask', book([[1, 3]], [[1, 3]]), '0.3333333'],
    ['exactly 5 % apart', book([[975, 1000]], [[1025, 1000]]), '1'],
  ])('is %s', (_what, given, price) => {
    expect(formatAmount(marketPrice(given) as bigint)).toBe(price);
  });

  it.each([
    ['no bids', book([], [[1, 1]])],
    ['no asks', book([[1, 1]], [])],
    ['a crossed book', book([[11, 10]], [[10, 10]])],
    ['sides too far apart', book([[974, 1000]], [[1025, 1000]])],
    ['a price below a stroop', book([[1, 2_000_000_000]], [[1, 2_000_000_000]])],
  ])('is unknown with %s', (_what, given) => {
    expect(marketPrice(given)).toBeUndefined();
  });

  it('lies between the best bid and the best ask', () => {
    const term = fc.bigInt({ min: 1n, max: 2_000_000n });
    fc.assert(
      fc.property(term, term, fc.bigInt({ min: 0n, max: 60n }), (n, d, apart) => {
        const ask = { n: n * (1000n + apart), d: d * 1000n };
        const price = marketPrice({ bids: [{ price: { n, d }, amount: 1n }], asks: [{ price: ask, amount: 1n }] });
        fc.pre(price !== undefined);
        expect(price * d >= n * 10_000_000n - d).toBe(true);
        expect(price * ask.d <= ask.n * 10_000_000n + ask.d).toBe(true);
        expect(apart).toBeLessThanOrEqual(51n);
      }),
    );
  });
});

class HandClock extends Clock {
  ms = 0;
  now(): Date {
    return new Date(this.ms);
  }
  monotonicMs(): number {
    return this.ms;
  }
  sleep(): Promise<void> {
    return Promise.resolve();
  }
}

function market(): {
  clock: HandClock;
  prices: PricesService;
  asked: () => number;
  answer: (next: () => Promise<OrderBook>) => void;
} {
  let asked = 0;
  let next = (): Promise<OrderBook> => Promise.resolve(book([[999, 10_000]], [[1001, 10_000]]));
  const clock = new HandClock();
  const source = { network: 'sandbox', orderBook: () => ((asked += 1), next()) } as unknown as LedgerSource;
  return {
    clock,
    prices: new PricesService(new LedgerSources([source]), clock),
    asked: () => asked,
    answer: (given) => (next = given),
  };
}

describe('the price service', () => {
  beforeAll(() => Logger.overrideLogger(false));

  const unavailable = (): Promise<OrderBook> => Promise.reject(new LedgerUnavailable('down'));

  it('asks once a minute, however many ask at once', async () => {
    const { clock, prices, asked } = market();
    const first = await Promise.all(Array.from({ length: 5 }, () => prices.price('sandbox', NATIVE, USDC)));
    expect([asked(), ...first]).toEqual([
      1,
      ...Array.from({ length: 5 }, () => ({ price: amountOf('0.1'), cached: false, stale: false })),
    ]);
    clock.ms = 59_999;
    expect(await prices.price('sandbox', NATIVE, USDC)).toEqual({ price: amountOf('0.1'), cached: true, stale: false });
    expect(asked()).toBe(1);
    clock.ms = 60_000;
    expect(await prices.price('sandbox', NATIVE, USDC)).toMatchObject({ cached: false, stale: false });
    expect(asked()).toBe(2);
  });

  it('falls back to the last price for an hour, asking again every ten seconds', async () => {
    const { clock, prices, asked, answer } = market();
    await prices.price('sandbox', NATIVE, USDC);
    answer(unavailable);
    clock.ms = 60_000;
    expect(await prices.price('sandbox', NATIVE, USDC)).toEqual({ price: amountOf('0.1'), cached: false, stale: true });
    expect(await prices.price('sandbox', NATIVE, USDC)).toEqual({ price: amountOf('0.1'), cached: true, stale: true });
    expect(asked()).toBe(2);
    clock.ms = 3_600_001;
    await expect(prices.price('sandbox', NATIVE, USDC)).rejects.toMatchObject({ code: 'price_unavailable' });
    answer(() => Promise.resolve(book([[1, 1]], [[1, 1]])));
    clock.ms = 3_610_001;
    expect(await prices.price('sandbox', NATIVE, USDC)).toEqual({ price: amountOf('1'), cached: false, stale: false });
  });

  it('has no price from an unsound book, and does not hide a defect', async () => {
    const { prices, answer, clock } = market();
    answer(() => Promise.resolve(book([], [])));
    await expect(prices.price('sandbox', NATIVE, USDC)).rejects.toMatchObject({
      code: 'price_unavailable',
      status: 503,
    });
    clock.ms = 10_000;
    answer(() => Promise.reject(new TypeError('ours')));
    await expect(prices.price('sandbox', NATIVE, USDC)).rejects.toThrow('ours');
  });
});
