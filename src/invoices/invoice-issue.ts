import { parseInstant } from '../common/clock';
import type { ErrorCode } from '../common/errors';
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

export interface IssueWorth {
  readonly lines: readonly StoredLine[];
  readonly subtotal: Amount;
  /** Millionths of one. */
  readonly taxRate: number;
  readonly taxes: readonly StoredTax[];
  readonly taxAmount: Amount;
  readonly discount: Amount;
  readonly total: Amount;
  readonly expiresAt: Date | null;
}

export interface IssueFault {
  readonly code: ErrorCode;
  readonly attribute: string;
  readonly detail: string;
}

/** A percentage in stroops has four decimals too many for millionths of one. */
const STROOPS_PER_TAX_UNIT = 1000n;

export function issueWorth(request: IssueRequest, now: Date): IssueWorth | { readonly faults: readonly IssueFault[] } {
  const lines = request.lines.map(({ description, quantity, rate }) => ({ description, quantity: amountOf(quantity ?? '1'), rate: amountOf(rate) }));
  const taxRate = Number(amountOf(request.taxRate ?? '0') / STROOPS_PER_TAX_UNIT);
  const discount = amountOf(request.discount ?? '0');
  const totals = invoiceTotals(lines, taxRate, discount);
  const expiresAt = deadline(request.expiresAt ?? null, now);
  if (totals === undefined) return { faults: [{ code: 'invoice_total_invalid', attribute: 'lines', detail: 'must sum up, with tax and discount, to more than zero and to what one payment can hold' }] };
  if (typeof expiresAt === 'string') return { faults: [expiresAt === 'past' ? { code: 'expiry_in_past', attribute: 'expiresAt', detail: 'must be in the future' } : { code: 'expiry_invalid', attribute: 'expiresAt', detail: 'must be an ISO 8601 instant such as 2030-06-01T23:00:00.000Z' }] };
  const stored = lines.map((line, at) => ({ description: line.description, quantity: formatAmount(line.quantity), rate: formatAmount(line.rate, 2), amount: formatAmount(totals.lineAmounts[at] ?? 0n, 2) }));
  return { lines: stored, subtotal: totals.subtotal, taxRate, taxes: wholeTax(totals.subtotal, taxRate, totals.taxAmount), taxAmount: totals.taxAmount, discount, total: totals.total, expiresAt };
}

function deadline(text: string | null, now: Date): Date | null | 'past' | 'invalid' {
  if (text === null) return null;
  const instant = parseInstant(text);
  if (instant === undefined) return 'invalid';
  return instant <= now ? 'past' : instant;
}
