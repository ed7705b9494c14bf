import fc from 'fast-check';
import {
  ceilTimes,
  compareFractions,
  dividedBy,
  floorDecimal,
  floorTimes,
  type Fraction,
  fraction,
  isWithin,
  medianOf,
  middleOf,
  parseDecimal,
  times,
} from './fraction';

const term = fc.bigInt({ min: 1n, max: 10n ** 24n });
const fractions = fc.tuple(term, term).map(([n, d]) => fraction(n, d));

function decimal(text: string): Fraction {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error(`${text} is no decimal`);
  return value;
}

describe('fractions', () => {
  it('are in lowest terms, so that equal ones look equal', () => {
    fc.assert(
      fc.property(term, term, fc.bigInt({ min: 1n, max: 1000n }), (n, d, k) =>
        expect(fraction(n * k, d * k)).toEqual(fraction(n, d)),
      ),
    );
  });

  it.each([
    [0n, 1n],
    [-1n, 1n],
    [1n, 0n],
    [1n, -1n],
  ])('are positive: %s/%s is refused', (n, d) => {
    expect(() => fraction(n, d)).toThrow(RangeError);
  });

  it('divide by what they were multiplied with', () => {
    fc.assert(fc.property(fractions, fractions, (a, b) => expect(dividedBy(times(a, b), b)).toEqual(a)));
  });

  it('have their middle between them', () => {
    fc.assert(
      fc.property(fractions, fractions, (a, b) => {
        const [low, high] = compareFractions(a, b) <= 0 ? [a, b] : [b, a];
        const middle = middleOf(a, b);
        expect([compareFractions(low, middle) <= 0, compareFractions(middle, high) <= 0]).toEqual([true, true]);
      }),
    );
  });

  it('round a product down and up by less than one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), fractions, (value, by) => {
        const [down, up] = [floorTimes(value, by), ceilTimes(value, by)];
        expect(down * by.d <= value * by.n && value * by.n <= up * by.d).toBe(true);
        expect(up - down).toBe((value * by.n) % by.d === 0n ? 0n : 1n);
      }),
    );
  });
});

describe('the median', () => {
  it.each([
    [['3'], '3'],
    [['3', '1'], '2'],
    [['9', '1', '2'], '2'],
    [['1', '2', '4', '100'], '3'],
  ])('of %j is %s', (texts, expected) => {
    expect(medianOf(texts.map(decimal))).toEqual(decimal(expected));
  });

  it('of nothing is refused', () => {
    expect(() => medianOf([])).toThrow(RangeError);
  });
});

describe('distance in basis points', () => {
  it.each([
    ['99', '101', '100', 200, true],
    ['98.99', '101', '100', 200, false],
    ['1', '1', '1', 0, true],
    ['0.0001', '0.0001000001', '0.0001', 0, false],
  ])('from %s to %s of %s is within %s: %s', (low, high, of, basisPoints, within) => {
    expect(isWithin(decimal(low), decimal(high), decimal(of), basisPoints)).toBe(within);
  });
});

describe('decimal texts', () => {
  it.each([
    ['1.50', 3n, 2n],
    ['0.0000001', 1n, 10n ** 7n],
    ['1e-7', 1n, 10n ** 7n],
    ['2.5E+3', 2500n, 1n],
    ['007', 7n, 1n],
  ])('%s is read exactly', (text, n, d) => {
    expect(parseDecimal(text)).toEqual({ n, d });
  });

  it.each([
    '',
    '0',
    '0.000',
    '-1',
    '+1',
    ' 1',
    '1 ',
    '1,5',
    '.5',
    '5.',
    'NaN',
    'Infinity',
    '0x10',
    '1e999',
    '1e-999',
    '１',
    '1_0',
    `1${'0'.repeat(100)}`,
  ])('%j is no price', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it.each([
    [1n, 3n, 4, '0.3333'],
    [2n, 3n, 4, '0.6666'],
    [123_456_789n, 1n, 4, '123400000'],
    [99_999n, 100_000n, 4, '0.9999'],
    [1n, 2n * 10n ** 9n, 4, '0.0000000005'],
    [5n, 1n, 4, '5'],
  ])('%s/%s in %s digits is %s', (n, d, digits, text) => {
    expect(floorDecimal({ n, d }, digits)).toBe(text);
  });

  it('never exceed the value they tell, and miss it by less than one unit of the last of their digits', () => {
    fc.assert(
      fc.property(fractions, (value) => {
        const told = decimal(floorDecimal(value, 12));
        expect(compareFractions(told, value) <= 0).toBe(true);
        expect(compareFractions(value, times(told, fraction(10n ** 11n + 1n, 10n ** 11n))) < 0).toBe(true);
      }),
    );
  });
});
