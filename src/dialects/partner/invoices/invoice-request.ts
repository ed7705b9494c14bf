import { parseInstant } from '../../../common/clock';
import { DomainError } from '../../../common/errors';
import { amountOf } from '../../../common/money';
import { type InvoiceWorth, invoiceWorth, STROOPS_PER_TAX_UNIT } from '../../../invoices/invoice-worth';

/** From a partner's words for an invoice to its sums. Pure; shapes were checked before. */

export interface InvoiceRequest {
  readonly lines: readonly { readonly description: string; readonly quantity?: string | null; readonly rate: string }[];
  readonly taxRate?: string | null;
  readonly discount?: string | null;
  readonly expiresAt?: string | null;
}

/** Throws `invoice_total_invalid` for a sum that nobody could pay. */
export function requestedWorth(request: Pick<InvoiceRequest, 'lines' | 'taxRate' | 'discount'>): InvoiceWorth {
  const lines = request.lines.map(({ description, quantity, rate }) => ({
    description,
    quantity: amountOf(quantity ?? '1'),
    rate: amountOf(rate),
  }));
  const worth = invoiceWorth(
    lines,
    Number(amountOf(request.taxRate ?? '0') / STROOPS_PER_TAX_UNIT),
    amountOf(request.discount ?? '0'),
  );
  if (worth === undefined)
    throw new DomainError('invoice_total_invalid', {
      detail: 'must sum up, with tax and discount, to more than zero and to what one payment can hold',
    });
  return worth;
}

/** Null where there is none. Throws `expiry_invalid`, `expiry_in_past`. */
export function requestedDeadline({ expiresAt = null }: Pick<InvoiceRequest, 'expiresAt'>, now: Date): Date | null {
  if (expiresAt === null) return null;
  const instant = parseInstant(expiresAt);
  if (instant === undefined)
    throw new DomainError('expiry_invalid', { detail: 'must be an ISO 8601 instant such as 2030-06-01T23:00:00.000Z' });
  if (instant <= now) throw new DomainError('expiry_in_past', { detail: 'must be in the future' });
  return instant;
}
