import { ceilTimes, inverse } from '../common/fraction';
import type { Amount, Asset } from '../common/money';
import type { Network } from '../common/network';
import { rateFraction, type RateEvidence } from './rate';

/** A promise: until `expiresAt`, paying `payAmount` of the asset settles `amount` of the fiat currency. */
export interface Quote {
  readonly merchantId: string;
  readonly id: string;
  readonly network: Network;
  /** ISO 4217 code of what is priced in. */
  readonly currency: string;
  readonly amount: Amount;
  readonly asset: Asset;
  readonly payAmount: Amount;
  /** Fiat per one unit of the asset, as decimal text. */
  readonly rate: string;
  readonly evidence: readonly RateEvidence[];
  readonly createdAt: Date;
  /** A whole second: the `maxTime` of what is prepared under this quote, so the network itself ends it. */
  readonly expiresAt: Date;
}

/** A hundredth of a fiat currency's unit. */
const CENT: Amount = 100_000n;
const UNIT: Amount = 10_000_000n;

/** The least amount of the asset that is worth at least this much at this rate, rounded up, for the merchant, to the decimals that matter. */
export function payAmountFor(amount: Amount, rate: string): Amount {
  const step = payStepFor(rate);
  return ((ceilTimes(amount, inverse(rateFraction(rate))) + step - 1n) / step) * step;
}

/** What an amount in the asset is rounded to, so that people can read and type it: the largest power of ten up to one unit that is worth a hundredth of the fiat currency's at the most. */
export function payStepFor(rate: string): Amount {
  const { n, d } = rateFraction(rate);
  let step = UNIT;
  while (step > 1n && step * n > CENT * d) step /= 10n;
  return step;
}

const SIGNIFICANT = 4;

/** What one unit of the fiat currency buys, to four significant digits: for people. */
export function perUnitText(rate: string): string {
  const { n, d } = inverse(rateFraction(rate));
  // The place of the first digit that is not 0; 10^places times the value then has four digits before its point.
  let places = SIGNIFICANT;
  while (scaled(n, d, places) >= 10n ** BigInt(SIGNIFICANT)) places -= 1;
  while (scaled(n, d, places) < 10n ** BigInt(SIGNIFICANT - 1)) places += 1;
  const digits = scaled(n, d, places);
  if (places <= 0) return (digits * 10n ** BigInt(-places)).toString();
  const text = digits.toString().padStart(places + 1, '0');
  return `${text.slice(0, -places)}.${text.slice(-places)}`;
}

/** Rounded half up. */
function scaled(n: bigint, d: bigint, places: number): bigint {
  const [up, down] = places >= 0 ? [10n ** BigInt(places), 1n] : [1n, 10n ** BigInt(-places)];
  return (2n * n * up + d * down) / (2n * d * down);
}

export function quoteStatus(quote: Pick<Quote, 'expiresAt'>, now: Date): 'open' | 'expired' {
  return now < quote.expiresAt ? 'open' : 'expired';
}

/**
 * Cut to a whole second, because time bounds of transactions know no smaller unit, and never after `notAfter`.
 * Undefined when no time is left.
 */
export function quoteEnd(createdAt: Date, seconds: number, notAfter: Date | undefined): Date | undefined {
  const wanted = createdAt.getTime() + seconds * 1000;
  const end = Math.floor(Math.min(wanted, notAfter?.getTime() ?? Infinity) / 1000) * 1000;
  return end > createdAt.getTime() ? new Date(end) : undefined;
}
