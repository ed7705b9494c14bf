/** An exact positive rational number: what a price is before it is rounded, once, in a stated direction. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const ONE: Fraction = { n: 1n, d: 1n };

/** In lowest terms. Throws RangeError unless both terms are positive: a price cannot be zero. */
export function fraction(n: bigint, d: bigint): Fraction {
  if (n <= 0n || d <= 0n) throw new RangeError('a fraction here is positive');
  const divisor = greatestCommonDivisor(n, d);
  return { n: n / divisor, d: d / divisor };
}

export function times(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.n, a.d * b.d);
}

export function dividedBy(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d, a.d * b.n);
}

/** Negative, zero or positive, as `Array.sort` wants it. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function middleOf(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d + b.n * a.d, 2n * a.d * b.d);
}

/** The middle one, or the middle of the two middle ones. Throws RangeError on an empty list. */
export function medianOf(values: readonly Fraction[]): Fraction {
  const sorted = values.toSorted(compareFractions);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new RangeError('there is no median of nothing');
  return middleOf(low, high);
}

/** True when `high` exceeds `low` by at most this many basis points of `of`. */
export function isWithin(low: Fraction, high: Fraction, of: Fraction, basisPoints: number): boolean {
  return (high.n * low.d - low.n * high.d) * of.d * 10_000n <= BigInt(basisPoints) * of.n * high.d * low.d;
}

export function floorTimes(value: bigint, by: Fraction): bigint {
  return (value * by.n) / by.d;
}

/** For values from zero up. */
export function ceilTimes(value: bigint, by: Fraction): bigint {
  return (value * by.n + by.d - 1n) / by.d;
}

export function inverse({ n, d }: Fraction): Fraction {
  return { n: d, d: n };
}

const DECIMAL = /^(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,2}))?$/;

/** A decimal text, exponents included (`1.2e-7`); undefined for other text and unless above zero. */
export function parseDecimal(text: string): Fraction | undefined {
  const match = text.length > 90 ? null : DECIMAL.exec(text);
  if (match === null) return undefined;
  const decimals = match[2] ?? '';
  const digits = BigInt(`${match[1] ?? ''}${decimals}`);
  if (digits === 0n) return undefined;
  const exponent = Number(match[3] ?? '0') - decimals.length;
  return exponent < 0 ? fraction(digits, 10n ** BigInt(-exponent)) : fraction(digits * 10n ** BigInt(exponent), 1n);
}

/** The largest decimal text of at most `digits` significant digits that does not exceed the value; never an exponent. */
export function floorDecimal(value: Fraction, digits: number): string {
  // Number of digits before the point, or minus the zeros after it: found by lengths, corrected by one below.
  let scale = digits - (value.n.toString().length - value.d.toString().length);
  let scaled = scaledFloor(value, scale);
  while (scaled.toString().length > digits) {
    scale -= 1;
    scaled = scaledFloor(value, scale);
  }
  return decimalText(scaled, scale);
}

function scaledFloor({ n, d }: Fraction, scale: number): bigint {
  return scale >= 0 ? (n * 10n ** BigInt(scale)) / d : n / (d * 10n ** BigInt(-scale));
}

function decimalText(scaled: bigint, scale: number): string {
  if (scale <= 0) return (scaled * 10n ** BigInt(-scale)).toString();
  const padded = scaled.toString().padStart(scale + 1, '0');
  const decimals = padded.slice(-scale).replace(/0+$/, '');
  return decimals === '' ? padded.slice(0, -scale) : `${padded.slice(0, -scale)}.${decimals}`;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller > 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
