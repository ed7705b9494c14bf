import { type Amount, formatAmount } from '../common/money';
import { percentageText } from '../products/percentage';

/** One way of being taxed, as an invoice keeps it; decimals as text, because JSON has no bigint. */
export interface StoredTax {
  /** Percent. */
  readonly percentage: string;
  /** What is taxed, without the tax; the bases of an invoice sum up to its subtotal. */
  readonly base: string;
  /** They sum up to the invoice's tax. */
  readonly tax: string;
  /** True where the prices that were said contain it. */
  readonly inclusive: boolean;
}

/** The same in numbers: `rate` in millionths of one, the rest in stroops. */
export interface TaxPart {
  readonly rate: number;
  readonly base: Amount;
  readonly tax: Amount;
  readonly inclusive: boolean;
}

/** Nothing where nothing is taxed; otherwise every part, also one at 0 %, so that the bases sum up. */
export function storedTaxes(parts: readonly TaxPart[]): StoredTax[] {
  if (parts.every(({ rate }) => rate === 0)) return [];
  return parts.map(({ rate, base, tax, inclusive }) => ({
    percentage: percentageText(rate),
    base: formatAmount(base, 2),
    tax: formatAmount(tax, 2),
    inclusive: rate > 0 && inclusive,
  }));
}

/** Of an invoice that is taxed as a whole, on top of its lines. */
export function wholeTax(subtotal: Amount, rate: number, tax: Amount): StoredTax[] {
  return storedTaxes([{ rate, base: subtotal, tax, inclusive: false }]);
}
