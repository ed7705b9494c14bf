import { parseInstant } from '../common/clock';
import { DomainError } from '../common/errors';
import { type Amount, amountOf, formatAmount } from '../common/money';
import type { StoredLine } from './invoice.entity';
import { type StoredTax, wholeTax } from './invoice-taxes';
import { invoiceTotals } from './invoice-totals';

/** From a partner's words for an invoice to its sums. Pure; shapes were checked before. */

export interface IssueRequest {
  readonly lines: readonly { readonly description: string; readonly quantity?: string | null; readonly rate: string }[];
  readonly taxRate?: string | null;
  readonly discount?: string | null;
  readonly expiresAt?: string | null;
}

export interface IssueSums {
  readonly lines: readonly StoredLine[];
  readonly subtotal: Amount;
  /** Millionths of one. */
  readonly taxRate: number;
  readonly taxes: readonly StoredTax[];
  readonly taxAmount: Amount;
  readonly discount: Amount;
  readonly total: Amount;
}

export interface IssueWorth extends IssueSums {
  readonly expiresAt: Date | null;
}

/** A percentage in stroops has four decimals too many for millionths of one. */
const STROOPS_PER_TAX_UNIT = 1000n;

/** Throws `invoice_total_invalid` for a sum that nobody could pay. */
export function issueSums(request: Pick<IssueRequest, 'lines' | 'taxRate' | 'discount'>): IssueSums {
  const lines = request.lines.map(({ description, quantity, rate }) => ({ description, quantity: amountOf(quantity ?? '1'), rate: amountOf(rate) }));
  const taxRate = Number(amountOf(request.taxRate ?? '0') / STROOPS_PER_TAX_UNIT);
  const discount = amountOf(request.discount ?? '0');
  const totals = invoiceTotals(lines, taxRate, discount);
  if (totals === undefined) throw new DomainError('invoice_total_invalid', { detail: 'must sum up, with tax and discount, to more than zero and to what one payment can hold' });
  const stored = lines.map((line, at) => ({ description: line.description, quantity: formatAmount(line.quantity), rate: formatAmount(line.rate, 2), amount: formatAmount(totals.lineAmounts[at] ?? 0n, 2) }));
  return { lines: stored, subtotal: totals.subtotal, taxRate, taxes: wholeTax(totals.subtotal, taxRate, totals.taxAmount), taxAmount: totals.taxAmount, discount, total: totals.total };
}

/** Null where there is none. Throws `expiry_invalid`, `expiry_in_past`. */
export function issueDeadline({ expiresAt = null }: Pick<IssueRequest, 'expiresAt'>, now: Date): Date | null {
  if (expiresAt === null) return null;
  const instant = parseInstant(expiresAt);
  if (instant === undefined) throw new DomainError('expiry_invalid', { detail: 'must be an ISO 8601 instant such as 2030-06-01T23:00:00.000Z' });
  if (instant <= now) throw new DomainError('expiry_in_past', { detail: 'must be in the future' });
  return instant;
}
