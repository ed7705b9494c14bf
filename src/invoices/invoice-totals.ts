import { type Amount, formatAmount, MAX_AMOUNT, STROOPS_PER_UNIT } from '../common/money';
import { percentageText } from '../common/percentage';

/** Tax rates are millionths of one: 20 % is 200,000, so four decimals of a percent are exact. */
export const TAX_UNIT = 1_000_000n;

export interface InvoiceLine {
  readonly description: string;
  /** In 10^-7 of a piece, so that 1.5 hours are exact. */
  readonly quantity: bigint;
  readonly rate: Amount;
}

export interface InvoiceTotals {
  /** One per line, in order; they sum to `subtotal`. */
  readonly lineAmounts: readonly Amount[];
  readonly subtotal: Amount;
  readonly taxAmount: Amount;
  readonly total: Amount;
}

/** n / d for n >= 0, halves up: the one rounding rule of invoices, applied once per line and once to the tax. */
export function divideHalfUp(n: bigint, d: bigint): bigint {
  return (2n * n + d) / (2n * d);
}

/**
 * total = subtotal + tax on the subtotal - discount, every figure a whole number of stroops.
 * Undefined when the total is not positive or any figure leaves int64.
 */
export function invoiceTotals(
  lines: readonly InvoiceLine[],
  taxRate: number,
  discount: Amount,
): InvoiceTotals | undefined {
  const lineAmounts = lines.map((line) => divideHalfUp(line.quantity * line.rate, STROOPS_PER_UNIT));
  const subtotal = lineAmounts.reduce((sum, amount) => sum + amount, 0n);
  const taxAmount = divideHalfUp(subtotal * BigInt(taxRate), TAX_UNIT);
  const total = subtotal + taxAmount - discount;
  if (total <= 0n || subtotal + taxAmount > MAX_AMOUNT) return undefined;
  return { lineAmounts, subtotal, taxAmount, total };
}

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
