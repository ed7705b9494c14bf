import { floorDecimal, type Fraction, parseDecimal } from '../common/fraction';
import type { Network } from '../common/network';
import type { NamedReading } from './combine-rates';

/** What one source said, as stored and serialized: a decimal text, and RFC 3339. */
export interface RateEvidence {
  readonly source: string;
  readonly rate: string;
  readonly observedAt: string;
}

/** Fiat per one unit of the asset, believed. */
export interface Rate {
  readonly network: Network;
  readonly asset: string;
  readonly fiat: string;
  /** Decimal text; amounts are computed from exactly this number, so that they can be computed again. */
  readonly rate: string;
  /** The oldest of what it rests on. */
  readonly observedAt: Date;
  readonly evidence: readonly RateEvidence[];
}

const DIGITS = 12;

/** Rounded down to twelve digits: a lower rate asks for more of the asset, so the merchant never gets less. */
export function rateText(price: Fraction): string {
  return floorDecimal(price, DIGITS);
}

/** The number behind `Rate.rate`. */
export function rateFraction(text: string): Fraction {
  const value = parseDecimal(text);
  if (value === undefined) throw new RangeError('not a rate');
  return value;
}

export function evidenceOf(readings: readonly NamedReading[]): RateEvidence[] {
  return readings.map(({ source, price, observedAt }) => ({
    source,
    rate: rateText(price),
    observedAt: observedAt.toISOString(),
  }));
}

export function oldestOf(readings: readonly NamedReading[]): Date {
  return new Date(Math.min(...readings.map(({ observedAt }) => observedAt.getTime())));
}
