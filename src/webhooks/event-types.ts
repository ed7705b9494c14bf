import type { Network } from '../common/network';

/** What can happen, as noun.past. Receivers must ignore types they do not know: more will come. */
export const EVENT_TYPES = [
  'invoice.created',
  'invoice.updated',
  'invoice.sent',
  'invoice.processing',
  'invoice.reopened',
  'invoice.paid',
  'invoice.expired',
  'invoice.cancelled',
  'invoice.deleted',
  'link.created',
  'link.updated',
  'link.chosen',
  'link.reopened',
  'link.paid',
  'link.limit_exceeded',
  'link.completed',
  'link.expired',
  'link.cancelled',
  'payment.received',
  'payment.confirmed',
  'payment.suspended',
  'payment.released',
  'payment.attached',
  'payment.refunded',
  'payment.dismissed',
  'payment.rolled_forward',
  'subscription.created',
  'subscription.activated',
  'subscription.invoice_opened',
  'subscription.renewed',
  'subscription.past_due',
  'subscription.lapsed',
  'subscription.reactivated',
  'subscription.paused',
  'subscription.resumed',
  'subscription.cancellation_scheduled',
  'subscription.cancelled',
  'subscription.completed',
  'subscription.period_skipped',
  'subscription.price_changed',
  'subscription.reminder',
  'subscription.incomplete_expired',
  'receiving_account.created',
  'receiving_account.updated',
  'receiving_account.cannot_receive',
  'receiving_account.can_receive',
  'member.invited',
  'member.joined',
  'member.updated',
  'member.removed',
  'api_key.created',
  'api_key.revoked',
  'client.created',
  'client.revoked',
  'webhook_endpoint.disabled',
  'webhook_endpoint.test',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** An event about to be written in the transaction of the change it reports. */
export interface EventDraft {
  readonly merchantId: string;
  readonly type: EventType;
  readonly network: Network;
  readonly subjectType:
    | 'invoice'
    | 'link'
    | 'payment'
    | 'webhook_endpoint'
    | 'receiving_account'
    | 'member'
    | 'api_key'
    | 'client'
    | 'subscription';
  readonly subjectId: string;
  readonly data: Readonly<Record<string, unknown>>;
  /**
   * What happened on the ledger to cause it, and what came of that. The event's id follows from it, so that recording the
   * same money again makes the same event. Absent when a request or the time is the cause: the id is then random, because
   * another request may make the same subject's next version with other content.
   */
  readonly cause?: string | undefined;
  /** What was worked out of it before it is recorded (`readyEvent`). */
  readonly ready?: ReadyParts;
}

export interface ReadyParts {
  /** Undefined for what the ledger did not cause. */
  readonly id: string | undefined;
  /** The data as JSON. */
  readonly text: string;
}

/** An event as it was written. */
export interface RecordedEvent {
  readonly id: string;
  readonly type: EventType;
  readonly network: Network;
  readonly createdAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
}
