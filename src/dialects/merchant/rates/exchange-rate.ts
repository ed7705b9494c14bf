import { compareFractions, floorDecimal, type Fraction } from '../../../common/fraction';
import { type Rate, rateFraction } from '../../../rates/rate';

/** What a dollar and a euro are paid with on every network. */
export const COIN_OF = { usd: 'USDC', eur: 'EURC' } as const;
export type MerchantCurrency = keyof typeof COIN_OF;

export interface RateTexts {
  readonly midmarket_rate: string;
  /** What converting is sure to bring: the lowest of what the rate rests on. */
  readonly buy_rate: string;
  /** What converting back may cost: the highest of it. */
  readonly sell_rate: string;
}

const DIGITS = 12;

/** The rate that was agreed on, between the lowest and the highest of the readings that agree. */
export function rateTexts({ rate, evidence }: Pick<Rate, 'rate' | 'evidence'>): RateTexts {
  const middle = rateFraction(rate);
  const readings = [middle, ...evidence.map((each) => rateFraction(each.rate))].toSorted(compareFractions);
  return {
    midmarket_rate: text(middle),
    buy_rate: text(readings[0] as Fraction),
    sell_rate: text(readings.at(-1) as Fraction),
  };
}

function text(value: Fraction): string {
  return floorDecimal(value, DIGITS);
}
