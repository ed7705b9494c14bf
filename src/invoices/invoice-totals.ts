import { type Amount, MAX_AMOUNT, STROOPS_PER_UNIT } from '../common/money';

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
