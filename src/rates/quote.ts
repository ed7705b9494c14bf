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

/** The least amount of the asset that is worth at least this much at this rate: rounded up to the stroop, for the merchant. */
export function payAmountFor(amount: Amount, rate: string): Amount {
  return ceilTimes(amount, inverse(rateFraction(rate)));
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
