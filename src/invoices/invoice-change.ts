import type { AuditValues, Author } from '../audit-log/audit-entry';
import type { EventDraft, EventType } from '../webhooks/event-types';
import type { invoiceEventData } from './invoice-event';
import { isInvoiceArrow, type InvoiceReason, type InvoiceStatus } from './invoice-states';
import type { Invoice } from './invoice';

/** An invoice after a change: the fields that events carry and followers need. */
export type ChangedInvoice = Parameters<typeof invoiceEventData>[0] &
  Pick<Invoice, 'merchantId' | 'id' | 'number' | 'network' | 'received' | 'subscriptionId'>;

/** What an entry of the audit log says of a change. */
export interface AuditNote {
  readonly before: AuditValues | null;
  readonly after: AuditValues | null;
}

/** One change of one invoice, written in the transaction that is open. */
export interface InvoiceChange {
  /** Its event; null where only its sum changed, because the events of the payments carry that. */
  readonly type: Extract<EventType, `invoice.${string}`> | null;
  readonly invoice: ChangedInvoice;
  /** The status it left, and why; null where the status stayed. */
  readonly moved: { readonly from: InvoiceStatus; readonly reason: InvoiceReason } | null;
  /** What happened on the ledger to cause it; see EventDraft. */
  readonly cause?: string | undefined;
  /** Its event, where that is worked out already. */
  readonly event?: EventDraft;
}

/** Deliberate changes have an entry of their own in the audit log. */
export interface NotedChange extends InvoiceChange {
  readonly type: Exclude<InvoiceChange['type'], null>;
  readonly note: AuditNote;
}

/**
 * Authors of changes without an audit entry of the invoice's own: the ledger's money, the time, a payer who prepares a
 * payment, and a link or a subscription that ends its invoices, whose end has an entry of its own.
 */
export type NoAuthor = 'ledger' | 'time' | 'payer' | 'link' | 'subscription';

export type ChangeAuthor = Author | NoAuthor;

/** What must follow the changes of invoices, in the same transaction. */
export interface InvoiceFollower {
  /** The caller holds the invoices; a follower takes its own locks after theirs, links before anything else. */
  follow(changes: readonly InvoiceChange[]): Promise<void>;
}

/** Throws for a move that no arrow allows: a defect of ours, which the transaction does not survive. */
export function assertDrawn({ invoice, moved }: InvoiceChange): void {
  if (moved === null || isInvoiceArrow(moved.from, invoice.status, moved.reason)) return;
  throw new Error(
    `invoice ${invoice.id} went from ${moved.from} to ${invoice.status} by ${moved.reason}, which no arrow allows`,
  );
}
