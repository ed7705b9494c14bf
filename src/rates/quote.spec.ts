import fc from 'fast-check';
import { fraction } from '../common/fraction';
import { amountOf, formatAmount } from '../common/money';
import { payAmountFor, quoteEnd, quoteStatus } from './quote';
import { rateFraction, rateText } from './rate';

const CREATED = new Date('2026-11-21T12:00:00.400Z');

describe('the amount of a quote', () => {
  it.each([
    ['100', '1', '100'],
    ['100', '0.1', '1000'],
    ['100', '3', '33.3333334'],
    ['0.01', '0.333333333333', '0.0300001'],
    ['100', '1.08', '92.5925926'],
  ])('for %s at %s is %s', (amount, rate, paid) => {
    expect(formatAmount(payAmountFor(amountOf(amount), rate))).toBe(paid);
  });

  it('is worth at least the price at the quoted rate, and one stroop less would not be', () => {
    const price = fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 24n }), fc.bigInt({ min: 1n, max: 10n ** 24n })).map(([n, d]) => fraction(n, d));
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n }), price, (amount, exact) => {
        const rate = rateText(exact);
        const [paid, { n, d }] = [payAmountFor(amount, rate), rateFraction(rate)];
        expect(paid * n >= amount * d).toBe(true);
        expect((paid - 1n) * n < amount * d).toBe(true);
        // The written rate is never above the one that was agreed on, so neither is the amount ever below it.
        expect(paid * exact.n >= amount * exact.d).toBe(true);
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
    expect([quoteStatus({ expiresAt }, new Date(expiresAt.getTime() - 1)), quoteStatus({ expiresAt }, expiresAt)]).toEqual(['open', 'expired']);
  });
});
