import fc from 'fast-check';
import { fraction } from '../common/fraction';
import { amountOf } from '../common/money';
import { payAmountFor, payStepFor, perUnitText, quoteEnd, quoteStatus } from './quote';
import { rateFraction, rateText } from './rate';

const CENT = 100_000n;
const UNIT = 10_000_000n;
const CREATED = new Date('2026-11-21T12:00:00.400Z');

describe('the amount of a quote', () => {
  it.each([
    ['100', '1', '100'],
    ['100', '0.1', '1000'],
    ['100', '3', '33.334'],
    ['1', '0.333333333333', '3.01'],
    ['100', '1.08', '92.593'],
    ['100', '0.0925925925925', '1080.1'],
    ['20', '0.25', '80.00'],
    ['12.34', '0.00001', '1234000.00'],
    ['100', '60000', '0.0016667'],
    ['100', '2500000', '0.00004'],
  ])('for %s at %s is %s', (amount, rate, paid) => {
    expect(payAmountFor(amountOf(amount), rate)).toBe(amountOf(paid));
  });

  it('is worth at least the price at the quoted rate, at most a hundredth more, and has no decimal that does not matter', () => {
    const price = fc
      .tuple(fc.bigInt({ min: 1n, max: 10n ** 24n }), fc.bigInt({ min: 1n, max: 10n ** 24n }))
      .map(([n, d]) => fraction(n, d));
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n }), price, (amount, exact) => {
        const rate = rateText(exact);
        const [paid, { n, d }] = [payAmountFor(amount, rate), rateFraction(rate)];
        expect(paid * n >= amount * d).toBe(true);
        expect((paid - 1n) * n < (amount + CENT) * d).toBe(true);
        const step = payStepFor(rate);
        expect([paid % step, step === UNIT || step * 10n * n > CENT * d, (paid - step) * n < amount * d]).toEqual([
          0n,
          true,
          true,
        ]);
        // The written rate is never above the one that was agreed on, so neither is the amount ever below it.
        expect(paid * exact.n >= amount * exact.d).toBe(true);
      }),
    );
  });
});

describe('what one unit buys', () => {
  it.each([
    ['0.0925925925925', '10.80'],
    ['0.25', '4.000'],
    ['1', '1.000'],
    ['1.08', '0.9259'],
    ['0.1', '10.00'],
    ['0.100001', '10.00'],
    ['60000', '0.00001667'],
    ['0.00008101', '12340'],
    ['0.000123', '8130'],
    ['3', '0.3333'],
  ])('at %s is %s', (rate, text) => {
    expect(perUnitText(rate)).toBe(text);
  });

  it('is within half a thousandth of the rate', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n }), (n) => {
        const rate = rateText(fraction(n, 10n ** 9n));
        const told = Number(perUnitText(rate)) * Number(rate);
        expect(Math.abs(told - 1)).toBeLessThan(0.00051);
      }),
    );
  });
});

describe('the end of a quote', () => {
  it.each([
    ['a whole second', 900, undefined, '2026-11-21T12:15:00.000Z'],
    ['not after its link', 900, new Date('2026-11-21T12:05:00.700Z'), '2026-11-21T12:05:00.000Z'],
    ['not longer than asked', 30, new Date('2026-11-21T12:05:00.700Z'), '2026-11-21T12:00:30.000Z'],
  ])('is %s', (_what, seconds, notAfter, expected) => {
    expect(quoteEnd(CREATED, seconds, notAfter)?.toISOString()).toBe(expected);
  });

  it('does not exist when its link ends within the second', () => {
    expect(quoteEnd(CREATED, 900, new Date('2026-11-21T12:00:00.999Z'))).toBeUndefined();
  });

  it('is the first moment at which it is over', () => {
    const expiresAt = new Date('2026-11-21T12:15:00.000Z');
    expect([
      quoteStatus({ expiresAt }, new Date(expiresAt.getTime() - 1)),
      quoteStatus({ expiresAt }, expiresAt),
    ]).toEqual(['open', 'expired']);
  });
});
