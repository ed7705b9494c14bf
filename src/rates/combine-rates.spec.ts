import fc from 'fast-check';
import { compareFractions, isWithin, parseDecimal } from '../common/fraction';
import { combineReadings, type NamedReading } from './combine-rates';
import { evidenceOf, oldestOf } from './rate';

const NOW = new Date('2026-11-21T12:00:00.000Z');
const RULES = { minSources: 2, maxAgeMs: 120_000, maxSpreadBp: 200 };

function reading(source: string, price: string, ageMs = 0): NamedReading {
  return {
    source,
    price: parseDecimal(price) as NonNullable<ReturnType<typeof parseDecimal>>,
    observedAt: new Date(NOW.getTime() - ageMs),
  };
}

function outcome(...readings: readonly NamedReading[]): string {
  const combined = combineReadings(readings, RULES, NOW);
  return 'refusal' in combined
    ? combined.refusal
    : (evidenceOf([{ source: 'median', price: combined.price, observedAt: NOW }])[0]?.rate ?? '');
}

describe('what sources agree on', () => {
  it.each([
    ['the same', [reading('a', '0.1'), reading('b', '0.1')], '0.1'],
    ['the middle of two', [reading('a', '0.1'), reading('b', '0.101')], '0.1005'],
    ['the median of three', [reading('a', '0.1'), reading('b', '0.101'), reading('c', '0.1005')], '0.1005'],
    [
      'two of three, the third having stopped',
      [reading('a', '0.1'), reading('b', '0.1'), reading('c', '7', 120_001)],
      '0.1',
    ],
    ['just as old as allowed', [reading('a', '0.1', 120_000), reading('b', '0.1')], '0.1'],
    ['a clock that is a little ahead', [reading('a', '0.1', -30_000), reading('b', '0.1')], '0.1'],
  ])('is %s', (_what, readings, expected) => {
    expect(outcome(...readings)).toBe(expected);
  });

  it.each([
    ['nobody answers', [], '0 of 0 readings can be used, 2 are needed'],
    ['one is alone', [reading('a', '0.1')], '1 of 1 readings can be used, 2 are needed'],
    [
      'one stands still',
      [reading('a', '0.1'), reading('b', '0.1', 120_001)],
      '1 of 2 readings can be used, 2 are needed',
    ],
    [
      'one speaks from the future',
      [reading('a', '0.1'), reading('b', '0.1', -30_001)],
      '1 of 2 readings can be used, 2 are needed',
    ],
    [
      'one says what nothing is worth',
      [reading('a', '0.1'), reading('b', '1e13')],
      '1 of 2 readings can be used, 2 are needed',
    ],
    [
      'one says nearly nothing',
      [reading('a', '1e-13'), reading('b', '1e-13')],
      '0 of 2 readings can be used, 2 are needed',
    ],
    ['one says a tenth', [reading('a', '0.1'), reading('b', '0.01')], 'a, b disagree'],
    ['one says the inverse', [reading('a', '0.1'), reading('b', '10')], 'a, b disagree'],
    [
      'one of three lies, though two agree',
      [reading('a', '0.1'), reading('b', '0.1'), reading('c', '0.2')],
      'a, b, c disagree',
    ],
    ['one is a little further off than allowed', [reading('a', '0.099'), reading('b', '0.1010001')], 'a, b disagree'],
  ])('is nothing when %s', (_what, readings, refusal) => {
    expect(outcome(...readings)).toBe(refusal);
  });

  it('is never far from any source, nor outside of them', () => {
    const readings = fc.array(
      fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.integer({ min: -60_000, max: 240_000 })),
      { minLength: 1, maxLength: 6 },
    );
    let agreed = 0;
    fc.assert(
      fc.property(readings, fc.bigInt({ min: 1n, max: 10n ** 6n }), (given, jitter) => {
        // Half of the time the sources are close to each other, so that both outcomes are met.
        const named = given.map(([n, age], index): NamedReading => ({
          source: `s${index}`,
          price: { n: index % 2 === 0 ? n : (given[0]?.[0] ?? 1n) + jitter, d: 10_000_000n },
          observedAt: new Date(NOW.getTime() - age),
        }));
        const combined = combineReadings(named, RULES, NOW);
        if ('refusal' in combined) return;
        agreed += 1;
        expect(combined.readings.length).toBeGreaterThanOrEqual(2);
        expect(NOW.getTime() - oldestOf(combined.readings).getTime()).toBeLessThanOrEqual(RULES.maxAgeMs);
        for (const { price } of combined.readings) {
          const [low, high] =
            compareFractions(price, combined.price) <= 0 ? [price, combined.price] : [combined.price, price];
          expect(isWithin(low, high, combined.price, RULES.maxSpreadBp)).toBe(true);
        }
      }),
    );
    expect(agreed).toBeGreaterThan(0);
  });
});
