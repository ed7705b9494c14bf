import { sourcesOf, type Transitions } from '../common/state-machine';

export const INVOICE_STATUSES = ['DRAFT', 'PENDING', 'PROCESSING', 'PAID', 'EXPIRED', 'FAILED', 'CANCELLED'] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

/**
 * Money may pay a DRAFT, PENDING or PROCESSING invoice, and an EXPIRED one under the merchant's policy for late
 * money. PROCESSING locks nothing: it says that someone prepared a payment, and falls back when that lapses.
 */
export const INVOICE_TRANSITIONS: Transitions<InvoiceStatus> = {
  DRAFT: ['PENDING', 'PROCESSING', 'PAID', 'CANCELLED'],
  PENDING: ['PROCESSING', 'PAID', 'EXPIRED', 'CANCELLED'],
  PROCESSING: ['PENDING', 'PAID', 'EXPIRED', 'FAILED', 'CANCELLED'],
  PAID: [],
  EXPIRED: ['PAID'],
  FAILED: [],
  CANCELLED: [],
};

export const PAYABLE_STATUSES: readonly InvoiceStatus[] = ['DRAFT', 'PENDING', 'PROCESSING'];

/** Nothing about the poll answer of these can change any more, so it may be remembered for ever. */
export const SETTLED_STATUSES: readonly InvoiceStatus[] = ['PAID'];

export function invoiceSources(target: InvoiceStatus): InvoiceStatus[] {
  return sourcesOf(INVOICE_TRANSITIONS, target);
}
