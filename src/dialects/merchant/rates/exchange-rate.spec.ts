import fc from 'fast-check';
import { compareFractions } from '../../../common/fraction';
import { rateFraction, rateText } from '../../../rates/rate';
import { fraction } from '../../../common/fraction';
import { rateTexts } from './exchange-rate';

const evidence = (...rates: string[]): { source: string; rate: string; observedAt: string }[] =>
  rates.map((rate, at) => ({ source: `s${at}`, rate, observedAt: '2026-01-01T00:00:00.000Z' }));

describe('rateTexts', () => {
  it('gives the agreed rate between the lowest and the highest reading', () => {
    expect(rateTexts({ rate: '0.85', evidence: evidence('0.855', '0.845', '0.85') })).toEqual({
      midmarket_rate: '0.85',
      buy_rate: '0.845',
      sell_rate: '0.855',
    });
  });

  it('gives one number three times where there is one reading', () => {
    expect(Object.values(rateTexts({ rate: '0.92', evidence: evidence('0.92') }))).toEqual(['0.92', '0.92', '0.92']);
  });

  it('buy is never above the middle, nor sell below', () => {
    const rate = fc
      .tuple(fc.bigInt({ min: 1n, max: 10n ** 20n }), fc.bigInt({ min: 1n, max: 10n ** 20n }))
      .map(([n, d]) => rateText(fraction(n, d)));
    fc.assert(
      fc.property(rate, fc.array(rate, { maxLength: 5 }), (middle, others) => {
        const told = rateTexts({ rate: middle, evidence: evidence(...others) });
        const [buy, mid, sell] = [told.buy_rate, told.midmarket_rate, told.sell_rate].map(rateFraction);
        expect(compareFractions(buy as never, mid as never)).toBeLessThanOrEqual(0);
        expect(compareFractions(mid as never, sell as never)).toBeLessThanOrEqual(0);
        expect(told.midmarket_rate).toBe(middle);
      }),
    );
  });
});
