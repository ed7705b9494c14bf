import { isoInstantOrNull } from '../common/clock';
import { formatAmount } from '../common/money';
import type { EventDraft, EventType } from '../webhooks/event-types';
import type { Period, Subscription } from './subscription';

export type SubscriptionEventType = Extract<EventType, `subscription.${string}`>;

/** What happened to a subscription, before it is told. */
export interface Happening {
  readonly type: SubscriptionEventType;
  /** The period it is about; null where it is about the whole. */
  readonly period: Period | null;
  /** Members of its own. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** No e-mail address and no key of the subscriber: receivers do not need them. `invoice` is the public id of the period's invoice. */
export function subscriptionEvent(
  subscription: Subscription,
  { type, period, more = {} }: Happening,
  invoice: string | null,
  cause?: string,
): EventDraft {
  const { merchantId, network, id } = subscription;
  const told =
    period === null
      ? null
      : {
          index: period.index,
          startsAt: isoInstantOrNull(period.startsAt),
          endsAt: isoInstantOrNull(period.endsAt),
          state: period.state,
          // Where the payer chooses what to pay with: it leads to an invoice.
          link: period.linkPublicId,
        };
  const data = {
    id: subscription.publicId,
    subscriptionId: id,
    linkId: subscription.linkId,
    customerId: subscription.customerId,
    status: subscription.status,
    network,
    amount: formatAmount(subscription.total, subscription.scale),
    currency: subscription.currency,
    asset: subscription.payCurrency,
    interval: subscription.interval,
    intervalCount: subscription.intervalCount,
    paidThrough: isoInstantOrNull(subscription.paidThrough),
    cancelAtPeriodEnd: subscription.cancelAtPeriodEnd,
    pausedUntil: isoInstantOrNull(subscription.pausedUntil),
    reason: subscription.reason,
    reference: subscription.reference,
    period: told,
    invoiceId: invoice,
    ...more,
  };
  return { merchantId, type, network, subjectType: 'subscription', subjectId: id, data, cause };
}
