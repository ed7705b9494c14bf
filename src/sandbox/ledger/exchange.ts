import { INT64_MAX } from './protocol';

/** n/d units of what the offer buys ("sheep") for one unit of what it sells ("wheat"); both int32, positive. */
export interface Price {
  readonly n: number;
  readonly d: number;
}

export type Rounding = 'normal' | 'strict_send' | 'strict_receive';

export interface Exchange {
  readonly wheat: bigint;
  readonly sheep: bigint;
  /** True when the offer outlives the exchange: the taker ran out first. */
  readonly wheatStays: boolean;
}

export interface ExchangeLimits {
  readonly maxWheatSend: bigint;
  readonly maxWheatReceive: bigint;
  readonly maxSheepSend: bigint;
  readonly maxSheepReceive: bigint;
}

/** Core's exchangeV10 (CAP-0004): rounding never harms the offer that stays in the book. Throws RangeError on a broken invariant. */
export function exchange(price: Price, limits: ExchangeLimits, rounding: Rounding): Exchange {
  return withinPriceError(price, exchangeUnbounded(price, limits, rounding), rounding);
}

/** exchangeV10WithoutPriceErrorThresholds: the amounts before the one-percent rule; liabilities are counted with it. */
export function exchangeUnbounded(price: Price, limits: ExchangeLimits, rounding: Rounding): Exchange {
  const n = BigInt(price.n);
  const d = BigInt(price.d);
  const wheatValue = smaller(limits.maxWheatSend * n, limits.maxSheepReceive * d);
  const sheepValue = smaller(limits.maxSheepSend * d, limits.maxWheatReceive * n);
  const wheatStays = wheatValue > sheepValue;
  if (wheatStays && rounding === 'strict_send') {
    return { wheat: sheepValue / n, sheep: smaller(limits.maxSheepSend, limits.maxSheepReceive), wheatStays };
  }
  if (wheatStays && (price.n > price.d || rounding === 'strict_receive')) {
    const wheat = sheepValue / n;
    return { wheat, sheep: divideUp(wheat * n, d), wheatStays };
  }
  if (wheatStays) {
    const sheep = sheepValue / d;
    return { wheat: (sheep * d) / n, sheep, wheatStays };
  }
  if (price.n > price.d) {
    const wheat = wheatValue / n;
    return { wheat, sheep: (wheat * n) / d, wheatStays };
  }
  const sheep = wheatValue / d;
  return { wheat: divideUp(sheep * d, n), sheep, wheatStays };
}

function withinPriceError(price: Price, result: Exchange, rounding: Rounding): Exchange {
  const { wheat, sheep, wheatStays } = result;
  if (wheat > 0n && sheep > 0n) {
    const wheatWorth = wheat * BigInt(price.n);
    const sheepWorth = sheep * BigInt(price.d);
    if (wheatStays ? sheepWorth < wheatWorth : sheepWorth > wheatWorth)
      throw new RangeError('rounding favoured the wrong side');
    if (rounding === 'normal')
      return isPriceErrorSmall(wheatWorth, sheepWorth) ? result : { wheat: 0n, sheep: 0n, wheatStays };
    // A payer may overpay the maker by rounding, never the other way round.
    if (sheepWorth < wheatWorth && !isPriceErrorSmall(wheatWorth, sheepWorth))
      throw new RangeError('price error above one percent');
    return result;
  }
  if (rounding === 'strict_send') {
    if (sheep === 0n) throw new RangeError('strict send sent nothing');
    return result;
  }
  return { wheat: 0n, sheep: 0n, wheatStays };
}

function isPriceErrorSmall(wheatWorth: bigint, sheepWorth: bigint): boolean {
  const difference = 100n * (wheatWorth - sheepWorth);
  return (difference < 0n ? -difference : difference) <= wheatWorth;
}

/** How much of an offer can really be executed given what its owner can send and receive; 0 when nothing within one percent. */
export function adjustOffer(price: Price, maxWheatSend: bigint, maxSheepReceive: bigint): bigint {
  const limits = { maxWheatSend, maxWheatReceive: INT64_MAX, maxSheepSend: INT64_MAX, maxSheepReceive };
  return exchange(price, limits, 'normal').wheat;
}

/** What an offer of `amount` obliges its owner to send and to be able to receive. */
export function offerLiabilities(price: Price, amount: bigint): { selling: bigint; buying: bigint } {
  const limits = {
    maxWheatSend: amount,
    maxWheatReceive: INT64_MAX,
    maxSheepSend: INT64_MAX,
    maxSheepReceive: INT64_MAX,
  };
  const { wheat, sheep } = exchangeUnbounded(price, limits, 'normal');
  return { selling: wheat, buying: sheep };
}

export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
