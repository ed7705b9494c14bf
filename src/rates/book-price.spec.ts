import fc from 'fast-check';
import { compareFractions, fraction } from '../common/fraction';
import { amountOf } from '../common/money';
import type { OrderBook, PriceLevel } from '../stellar/ledger-source';
import { bookMiddle } from './book-price';

type Row = readonly [price: string, amount: string];

function level([price, amount]: Row): PriceLevel {
  return { price: { n: amountOf(price), d: amountOf('1') }, amount: amountOf(amount) };
}

/** Bids in the counter asset, asks in the base, as the ledger reports them. */
function book(bids: readonly Row[], asks: readonly Row[]): OrderBook {
  return { bids: bids.map(level), asks: asks.map(level) };
}

const RULES = { depth: amountOf('100'), maxSpreadBp: 200 };

describe('the middle of a book', () => {
  it.each([
    ['between the best offers when they are deep enough', book([['0.099', '100']], [['0.101', '1000']]), '0.1'],
    [
      'at the prices that the depth reaches, past a bait of one unit',
      book(
        [
          ['0.1', '1'],
          ['0.099', '99'],
        ],
        [
          ['0.1', '10'],
          ['0.101', '1000'],
        ],
      ),
      '0.1',
    ],
    [
      'whatever the order of the levels',
      book(
        [
          ['0.09', '100'],
          ['0.099', '100'],
        ],
        [
          ['0.2', '1000'],
          ['0.101', '1000'],
        ],
      ),
      '0.1',
    ],
  ])('lies %s', (_what, given, expected) => {
    expect(bookMiddle(given, RULES)).toEqual(fraction(amountOf(expected), amountOf('1')));
  });

  it.each([
    ['an empty side', book([['0.099', '100']], [])],
    ['bids that cannot trade the depth', book([['0.099', '99.9999999']], [['0.101', '1000']])],
    ['asks that cannot trade the depth', book([['0.099', '100']], [['0.1', '999.9']])],
    [
      'a wide gap behind a narrow bait',
      book(
        [
          ['0.1', '1'],
          ['0.05', '1000'],
        ],
        [
          ['0.1001', '1'],
          ['0.2', '10000'],
        ],
      ),
    ],
    ['a crossed book', book([['0.11', '1000']], [['0.1', '10000']])],
    ['offers of nothing', book([['0.099', '0']], [['0.101', '0']])],
  ])('is unknown with %s', (_what, given) => {
    expect(bookMiddle(given, RULES)).toBeUndefined();
  });

  it('does not move for an offer of less than the depth', () => {
    const honest = book([['0.099', '1000000']], [['0.101', '10000000']]);
    const baits = fc.record({
      n: fc.bigInt({ min: 990n, max: 1010n }),
      amount: fc.bigInt({ min: 1n, max: amountOf('99') }),
      buys: fc.boolean(),
    });
    fc.assert(
      fc.property(baits, ({ n, amount, buys }) => {
        const bait = { price: { n, d: 10_000n }, amount };
        const crowded = buys
          ? { ...honest, bids: [bait, ...honest.bids] }
          : { ...honest, asks: [bait, ...honest.asks] };
        const [was, is] = [bookMiddle(honest, RULES), bookMiddle(crowded, RULES)];
        expect(is !== undefined && was !== undefined && compareFractions(is, was) === 0).toBe(true);
      }),
    );
  });
});
