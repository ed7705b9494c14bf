import { sourcesOf, type Transitions } from '../common/state-machine';

export const INVOICE_STATUSES = ['DRAFT', 'PENDING', 'PROCESSING', 'PAID', 'EXPIRED', 'FAILED', 'CANCELLED'] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

/** Why an invoice moves from one status to another. */
export type InvoiceReason =
  | 'owner_sent'
  | 'owner_cancelled'
  | 'payment_prepared'
  | 'preparation_lapsed'
  | 'paid_in_full'
  | 'paid_late'
  | 'deadline_passed'
  | 'link_ended'
  | 'rival_paid'
  | 'subscription_ended';

type Arrows = Readonly<Record<InvoiceStatus, Readonly<Partial<Record<InvoiceStatus, readonly InvoiceReason[]>>>>>;

const WITHDRAWN = ['owner_cancelled', 'subscription_ended'] as const;
const UNPAID = ['deadline_passed', 'link_ended', 'rival_paid'] as const;

/**
 * Every arrow with what draws it. Money may pay a DRAFT, PENDING or PROCESSING invoice, and an EXPIRED one under the merchant's
 * policy for late money. PROCESSING locks nothing: it says that someone prepared a payment, and falls back when that lapses.
 */
export const INVOICE_ARROWS = {
  DRAFT: {
    PENDING: ['owner_sent'],
    PROCESSING: ['payment_prepared'],
    PAID: ['paid_in_full'],
    CANCELLED: ['owner_cancelled'],
  },
  PENDING: {
    PROCESSING: ['payment_prepared'],
    PAID: ['paid_in_full'],
    EXPIRED: UNPAID,
    CANCELLED: WITHDRAWN,
  },
  PROCESSING: {
    PENDING: ['preparation_lapsed'],
    PAID: ['paid_in_full'],
    EXPIRED: UNPAID,
    CANCELLED: WITHDRAWN,
  },
  PAID: {},
  EXPIRED: { PAID: ['paid_late'] },
  FAILED: {},
  CANCELLED: {},
} as const satisfies Arrows;

export const INVOICE_TRANSITIONS = Object.fromEntries(
  Object.entries(INVOICE_ARROWS).map(([from, arrows]) => [from, Object.keys(arrows)]),
) as unknown as Transitions<InvoiceStatus>;

export const PAYABLE_STATUSES: readonly InvoiceStatus[] = ['DRAFT', 'PENDING', 'PROCESSING'];

/** FAILED is a word of the wallet API: its clients must know it, and nothing writes it. */
export const UNWRITTEN_STATUSES: readonly InvoiceStatus[] = ['FAILED'];

/** Nothing about the poll answer of these can change any more, so it may be remembered for ever. */
export const SETTLED_STATUSES: readonly InvoiceStatus[] = ['PAID'];

export function invoiceSources(target: InvoiceStatus): InvoiceStatus[] {
  return sourcesOf(INVOICE_TRANSITIONS, target);
}

/** Whether something draws this arrow for this reason. */
export function isInvoiceArrow(from: InvoiceStatus, to: InvoiceStatus, reason: InvoiceReason): boolean {
  const arrows: Arrows = INVOICE_ARROWS;
  return arrows[from][to]?.includes(reason) ?? false;
}
