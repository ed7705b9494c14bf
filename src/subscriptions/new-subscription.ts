import type { PostalAddress } from '../links/offers/sent-details';
import type { PaymentLink } from '../links/payment-link';
import type { WorthItem } from '../links/offers/link-worth';
import { plainWords } from '../links/terms/markdown';
import type { Subscription } from './subscription';

/** What is known of somebody who subscribes. */
export interface Enrolment {
  readonly id: string;
  readonly publicId: string;
  readonly link: PaymentLink;
  /** The one thing that the link asks for. */
  readonly item: WorthItem;
  /** What a period costs, tax included. */
  readonly total: bigint;
  /** What the first period is paid in. */
  readonly payCurrency: string;
  readonly customerId: string | null;
  /** The merchant has named the customer. */
  readonly billsCustomer: boolean;
  readonly remindsCustomer: boolean;
  readonly email: string | null;
  readonly payerName: string | null;
  readonly payerAddress: PostalAddress | null;
  readonly answers: Readonly<Record<string, string>>;
  readonly reference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** The plan as it is frozen: changing the link changes nothing of it. Pure. */
export function newSubscription({ link, item, ...given }: Enrolment): Subscription {
  const { merchantId, id: linkId, network, title, description, currency, scale, recurrence, slug, paidFor } = link;
  if (recurrence === null) throw new Error(`nobody can subscribe to the payment link ${linkId}`);
  return {
    ...given,
    ...recurrence,
    payCurrency: given.payCurrency === currency ? currency : null,
    merchantId,
    linkId,
    network,
    title,
    // Where the link has a page of its own, its description is Markdown.
    description: slug === null ? description : plainWords(description ?? '') || null,
    paidFor,
    currency,
    scale,
    price: item.price,
    taxPercentage: item.tax?.percentage ?? null,
    taxInclusive: item.tax?.inclusive ?? null,
    status: 'incomplete',
    anchorAt: null,
    nextIndex: 1,
    nextOpenAt: null,
    paidThrough: null,
    dueAt: null,
    cancelAtPeriodEnd: false,
    pausedUntil: null,
    cancelledAt: null,
    reason: null,
    nextPrice: null,
    nextTotal: null,
    nextPriceFrom: null,
    version: 1n,
    updatedAt: given.createdAt,
  };
}
