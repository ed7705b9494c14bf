import fc from 'fast-check';

import {
  adjustOffer,
  exchange,
  type Exchange,
  type ExchangeLimits,
  exchangeUnbounded,
  offerLiabilities,
  type Price,
  type Rounding,
} from './exchange';
import { INT64_MAX } from './protocol';

const OVER = { n: 3, d: 2 };
const UNDER = { n: 2, d: 3 };

type Vector = readonly [
  price: Price,
  limits: Partial<ExchangeLimits>,
  rounding: Rounding,
  wheat: bigint,
  sheep: bigint,
];

function run(price: Price, limits: Partial<ExchangeLimits>, rounding: Rounding): Exchange {
  const open = {
    maxWheatSend: INT64_MAX,
    maxWheatReceive: INT64_MAX,
    maxSheepSend: INT64_MAX,
    maxSheepReceive: INT64_MAX,
  };
  return exchange(price, { ...open, ...limits }, rounding);
}

function sides(
  first: keyof ExchangeLimits,
  second: keyof ExchangeLimits,
  rows: readonly (readonly [Price, bigint, bigint, bigint, bigint])[],
): Vector[] {
  return rows.map(([price, a, b, wheat, sheep]) => [price, { [first]: a, [second]: b }, 'normal', wheat, sheep]);
}

/** The numbers of the reference implementation's own tests. */
const VECTORS: readonly Vector[] = [
  ...sides('maxWheatSend', 'maxSheepSend', [
    [OVER, 3000n, 4501n, 3000n, 4500n],
    [OVER, 3000n, 4500n, 3000n, 4500n],
    [OVER, 3000n, 4499n, 2999n, 4499n],
    [OVER, 2999n, 4499n, 2999n, 4498n],
    [OVER, 2999n, 4498n, 2998n, 4497n],
    [UNDER, 3000n, 2001n, 3000n, 2000n],
    [UNDER, 3000n, 2000n, 3000n, 2000n],
    [UNDER, 3000n, 1999n, 2998n, 1999n],
    [UNDER, 2999n, 2000n, 2999n, 1999n],
    [UNDER, 2999n, 1999n, 2998n, 1999n],
  ]),
  ...sides('maxWheatReceive', 'maxSheepReceive', [
    [OVER, 3000n, 4501n, 3000n, 4500n],
    [OVER, 3000n, 4499n, 2999n, 4498n],
    [OVER, 2999n, 4499n, 2999n, 4499n],
    [OVER, 2999n, 4498n, 2998n, 4497n],
    [UNDER, 3000n, 2001n, 3000n, 2000n],
    [UNDER, 3000n, 1999n, 2999n, 1999n],
    [UNDER, 2999n, 2000n, 2998n, 1999n],
    [UNDER, 2999n, 1999n, 2999n, 1999n],
  ]),
  ...sides('maxWheatSend', 'maxWheatReceive', [
    [OVER, 3000n, 3001n, 3000n, 4500n],
    [OVER, 3000n, 2999n, 2999n, 4499n],
    [UNDER, 3000n, 3001n, 3000n, 2000n],
    [UNDER, 3000n, 2999n, 2998n, 1999n],
    [OVER, 28n, 27n, 0n, 0n],
    [OVER, 28n, 26n, 26n, 39n],
    [OVER, 52n, 51n, 51n, 77n],
    [OVER, 52n, 50n, 50n, 75n],
    [OVER, 150n, 101n, 101n, 152n],
    [UNDER, 150n, 101n, 100n, 67n],
  ]),
  ...sides('maxSheepSend', 'maxSheepReceive', [
    [OVER, 4500n, 4501n, 3000n, 4500n],
    [OVER, 4500n, 4499n, 2999n, 4498n],
    [UNDER, 2000n, 2001n, 3000n, 2000n],
    [UNDER, 2000n, 1999n, 2999n, 1999n],
  ]),
  [OVER, { maxWheatSend: 28n, maxWheatReceive: 27n }, 'strict_receive', 27n, 41n],
  [OVER, { maxWheatSend: 150n, maxWheatReceive: 101n }, 'strict_receive', 101n, 152n],
  [UNDER, { maxWheatSend: 150n, maxWheatReceive: 101n }, 'strict_receive', 101n, 68n],
  [OVER, { maxWheatSend: 28n, maxSheepSend: 41n }, 'normal', 0n, 0n],
  [OVER, { maxWheatSend: 28n, maxSheepSend: 41n }, 'strict_send', 27n, 41n],
  [OVER, { maxWheatSend: 97n, maxSheepSend: 145n }, 'normal', 96n, 144n],
  [OVER, { maxWheatSend: 97n, maxSheepSend: 145n }, 'strict_send', 96n, 145n],
  [UNDER, { maxWheatSend: 97n, maxWheatReceive: 95n }, 'normal', 94n, 63n],
  [UNDER, { maxWheatSend: 97n, maxWheatReceive: 95n }, 'strict_send', 95n, INT64_MAX],
  [{ n: 2, d: 1 }, { maxWheatSend: 1n, maxSheepSend: 1n }, 'normal', 0n, 0n],
  [{ n: 2, d: 1 }, { maxWheatSend: 1n, maxSheepSend: 1n }, 'strict_send', 0n, 1n],
];

describe('exchange', () => {
  it.each(VECTORS)('%j within %s, %s', (price, limits, rounding, wheat, sheep) => {
    expect(run(price, limits, rounding)).toMatchObject({ wheat, sheep });
  });

  it('leaves an offer as it is when nothing limits it', () => {
    expect(adjustOffer(OVER, 97n, INT64_MAX)).toBe(97n);
    expect(offerLiabilities(OVER, 97n)).toEqual({ selling: 97n, buying: 145n });
  });

  const amount = fc.bigInt({ min: 1n, max: INT64_MAX });
  const int32 = fc.integer({ min: 1, max: 2_147_483_647 });
  const price = fc.record({ n: int32, d: int32 });
  const limits = fc.record({
    maxWheatSend: amount,
    maxWheatReceive: amount,
    maxSheepSend: amount,
    maxSheepReceive: amount,
  });

  it('never harms whoever stays in the book and keeps every limit', () => {
    fc.assert(
      fc.property(price, limits, (at, within) => {
        const { wheat, sheep, wheatStays } = exchangeUnbounded(at, within, 'normal');
        const worth = { wheat: wheat * BigInt(at.n), sheep: sheep * BigInt(at.d) };
        expect(wheatStays ? worth.sheep >= worth.wheat : worth.sheep <= worth.wheat).toBe(true);
        expect(wheat <= within.maxWheatSend && wheat <= within.maxWheatReceive).toBe(true);
        expect(sheep <= within.maxSheepSend && sheep <= within.maxSheepReceive).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('stays within one percent of the price between offers, or does not trade', () => {
    fc.assert(
      fc.property(price, limits, (at, within) => {
        const { wheat, sheep } = exchange(at, within, 'normal');
        const difference = 100n * (BigInt(at.n) * wheat - BigInt(at.d) * sheep);
        expect(difference <= BigInt(at.n) * wheat && -difference <= BigInt(at.n) * wheat).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('adjusts an adjusted offer to itself', () => {
    fc.assert(
      fc.property(price, amount, amount, (at, send, receive) => {
        const once = adjustOffer(at, send, receive);
        expect(once === 0n ? 0n : adjustOffer(at, once, receive)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });
});
