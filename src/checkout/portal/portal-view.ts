import { isoInstantOrNull } from '../../common/clock';
import { formatAmount } from '../../common/money';
import type { Network } from '../../common/network';
import { plainLine } from '../../common/plain-text';
import type { Invoice } from '../../invoices/invoice';
import type { Period } from '../../subscriptions/subscription';
import type { SubscriptionView } from '../../subscriptions/subscription-reads.service';
import { rhythmWords } from './rhythm-words';

export interface PortalPeriod {
  readonly index: number;
  readonly state: Period['state'];
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly amount: string;
  /** Public id of its invoice. */
  readonly invoice: string | null;
  readonly payable: boolean;
  readonly receipt: boolean;
}

/** A subscription as its payer sees it. */
export interface PortalView {
  readonly merchant: string;
  readonly network: Network;
  readonly title: string;
  readonly status: SubscriptionView['status'];
  readonly entitled: boolean;
  readonly amount: string;
  readonly asset: string;
  readonly rhythm: string;
  readonly paidThrough: Date | null;
  readonly nextPeriodStartsAt: Date | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly pausedUntil: Date | null;
  readonly email: string | null;
  /** The newest first. */
  readonly periods: readonly PortalPeriod[];
  readonly now: Date;
}

export function portalView(
  subscription: SubscriptionView,
  merchantName: string,
  email: string | null,
  periods: readonly Period[],
  invoices: ReadonlyMap<string, Invoice>,
  now: Date,
): PortalView {
  const { network, status, entitled, total, scale, payCurrency, paidThrough, nextPeriodStartsAt } = subscription;
  return {
    merchant: plainLine(merchantName) || 'Unnamed merchant',
    network,
    title: plainLine(subscription.title ?? '') || 'Subscription',
    status,
    entitled,
    amount: formatAmount(total, scale),
    asset: payCurrency,
    rhythm: rhythmWords(subscription),
    paidThrough,
    nextPeriodStartsAt,
    cancelAtPeriodEnd: subscription.cancelAtPeriodEnd,
    pausedUntil: subscription.pausedUntil,
    email,
    now,
    periods: periods.map(({ index, state, startsAt, endsAt, amount, invoiceId }) => {
      const invoice = invoiceId === null ? undefined : invoices.get(invoiceId);
      return {
        index,
        state,
        startsAt,
        endsAt,
        amount: formatAmount(amount, scale),
        invoice: invoice?.publicId ?? null,
        payable: state === 'open' || state === 'past_due',
        receipt: invoice?.status === 'PAID',
      };
    }),
  };
}

/** The same for programs. */
export function portalAnswer({ now: _now, periods, ...view }: PortalView): Record<string, unknown> {
  return {
    ...view,
    paidThrough: isoInstantOrNull(view.paidThrough),
    nextPeriodStartsAt: isoInstantOrNull(view.nextPeriodStartsAt),
    pausedUntil: isoInstantOrNull(view.pausedUntil),
    periods: periods.map((period) => ({
      ...period,
      startsAt: isoInstantOrNull(period.startsAt),
      endsAt: isoInstantOrNull(period.endsAt),
    })),
  };
}
