import { compareFractions, type Fraction, fraction, isWithin, medianOf } from '../common/fraction';
import type { Reading } from './rate-source';

export interface NamedReading extends Reading {
  readonly source: string;
}

export interface CombinationRules {
  readonly minSources: number;
  readonly maxAgeMs: number;
  readonly maxSpreadBp: number;
}

export type Combination =
  { readonly price: Fraction; readonly readings: readonly NamedReading[] } | { readonly refusal: string };

/** A time this far ahead of ours is a clock that is slightly off; further ahead it is not a time. */
const MAX_AHEAD_MS = 30_000;
/** No currency is worth a trillion of another: beyond this a source counts in other units, or is broken. */
const MAX_PRICE = fraction(10n ** 12n, 1n);
const MIN_PRICE = fraction(1n, 10n ** 12n);

/**
 * The median of fresh and possible rates, or why there is none: too few sources that are new enough, or any two of them too
 * far apart. A source that disagrees is not left out, because it is unknown which one is wrong.
 */
export function combineReadings(readings: readonly NamedReading[], rules: CombinationRules, now: Date): Combination {
  const fresh = readings.filter(({ price, observedAt }) => {
    const age = now.getTime() - observedAt.getTime();
    return (
      age <= rules.maxAgeMs &&
      age >= -MAX_AHEAD_MS &&
      compareFractions(price, MIN_PRICE) >= 0 &&
      compareFractions(price, MAX_PRICE) <= 0
    );
  });
  if (fresh.length < rules.minSources)
    return { refusal: `${fresh.length} of ${readings.length} readings can be used, ${rules.minSources} are needed` };
  const prices = fresh.map(({ price }) => price).toSorted(compareFractions);
  const [lowest, highest] = [prices[0], prices.at(-1)];
  if (lowest === undefined || highest === undefined) return { refusal: 'there is no source' };
  const price = medianOf(prices);
  if (!isWithin(lowest, highest, price, rules.maxSpreadBp))
    return { refusal: `${fresh.map(({ source }) => source).join(', ')} disagree` };
  return { price, readings: fresh };
}
