import type { PricedLine } from '../common/priced-line';
import { type Amount, formatAmount } from '../common/money';
import { type StoredTax, wholeTax } from './invoice-totals';
import { type InvoiceLine, invoiceTotals } from './invoice-totals';

/** A percentage read in 10^-7 has four decimals too many for millionths of one: 1 % is 10,000 of these. */
export const STROOPS_PER_TAX_UNIT = 1000n;

/** What an invoice is worth; every member follows from lines, rate and discount, so they are only ever written together. */
export interface InvoiceWorth {
  readonly lines: PricedLine[];
  readonly subtotal: Amount;
  /** Millionths of one. */
  readonly taxRate: number;
  readonly taxes: StoredTax[];
  readonly taxAmount: Amount;
  readonly discount: Amount;
  readonly total: Amount;
}

/** Of an invoice that is taxed as a whole. Undefined for a sum that nobody could pay. */
export function invoiceWorth(
  lines: readonly InvoiceLine[],
  taxRate: number,
  discount: Amount,
): InvoiceWorth | undefined {
  const totals = invoiceTotals(lines, taxRate, discount);
  if (totals === undefined) return undefined;
  const { lineAmounts, subtotal, taxAmount, total } = totals;
  const stored = lines.map(({ description, quantity, rate }, at) => ({
    description,
    quantity: formatAmount(quantity),
    rate: formatAmount(rate, 2),
    amount: formatAmount(lineAmounts[at] ?? 0n, 2),
  }));
  return {
    lines: stored,
    subtotal,
    taxRate,
    taxes: wholeTax(subtotal, taxRate, taxAmount),
    taxAmount,
    discount,
    total,
  };
}
