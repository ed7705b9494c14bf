import { isoInstantOrNull } from '../../common/clock';
import { formatAmount } from '../../common/money';
import type { Network } from '../../common/network';
import { plainLine } from '../../common/plain-text';
import type { Invoice } from '../../invoices/invoice';
import type { PaymentLink } from '../../links/payment-link';
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
  /** Public id of the link at which the payer chooses what to pay with; null where that is fixed. */
  readonly link: string | null;
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
  links: ReadonlyMap<string, PaymentLink>,
  now: Date,
): PortalView {
  const { network, status, entitled, total, scale, currency, paidThrough, nextPeriodStartsAt } = subscription;
  return {
    merchant: plainLine(merchantName) || 'Unnamed merchant',
    network,
    title: plainLine(subscription.title ?? '') || 'Subscription',
    status,
    entitled,
    amount: formatAmount(total, scale),
    asset: currency,
    rhythm: rhythmWords(subscription),
    paidThrough,
    nextPeriodStartsAt,
    cancelAtPeriodEnd: subscription.cancelAtPeriodEnd,
    pausedUntil: subscription.pausedUntil,
    email,
    now,
    periods: periods.map(({ index, state, startsAt, endsAt, amount, invoiceId, linkId }) => {
      const invoice = invoiceId === null ? undefined : invoices.get(invoiceId);
      const link = linkId === null ? undefined : links.get(linkId);
      return {
        index,
        state,
        startsAt,
        endsAt,
        amount: formatAmount(amount, scale),
        invoice: invoice?.publicId ?? null,
        link: link?.publicId ?? null,
        payable: link === undefined ? state === 'open' || state === 'past_due' : isOpen(link, now),
        receipt: invoice?.status === 'PAID',
      };
    }),
  };
}

/** Also of a period whose grace is over: paid late, it brings the subscription back. */
function isOpen({ status, expiresAt }: PaymentLink, now: Date): boolean {
  return status === 'active' && (expiresAt === null || expiresAt > now);
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
