import { isoInstant } from '../common/clock';
import { type Amount, formatAmount } from '../common/money';
import type { Network } from '../common/network';
import { invoiceEventData } from '../invoices/invoice-event';
import { isReusable } from './link-kinds';
import type { Link } from './link';
import type { PayerDetails } from './offers/sent-details';
import type { ItemTax } from './offers/link-worth';

/** One period that is priced in fiat. The tax is the subscription's, as it was frozen; the details are what the payer said when he subscribed. */
export interface LinkPeriod {
  readonly subscriptionId: string;
  readonly index: number;
  readonly tax: ItemTax | null;
  readonly details: PayerDetails;
}

/** A link as it is read. */
export interface PaymentLink extends Omit<Link, 'createdBy'> {
  /** In the order they are sold. */
  readonly productIds: readonly string[];
  /** How many of each product, in the same order. */
  readonly productQuantities: readonly number[];
  readonly taxRateId: string | null;
  /** Which period of a subscription is paid by it; null for a link that its owner has made. */
  readonly period: LinkPeriod | null;
}

export const LINK_STATES = [
  'created',
  'pending',
  'active',
  'sold_out',
  'inactive',
  'completed',
  'expired',
  'cancelled',
] as const;
/**
 * A link's status in the partner API. A standard link is `created`, and `pending` as soon as it has an invoice that waits
 * for money. A reusable one is `active`, and `sold_out` while every slot of its limit is used.
 */
export type LinkState = (typeof LINK_STATES)[number];

type Judged = Pick<PaymentLink, 'kind' | 'status' | 'invoiceId' | 'maxPayments' | 'slotsUsed'>;

/** What of a link decides its state beside its status, as it is judged here and by a query, where the link is `l`. */
const FACTS = {
  reusable: { holds: isReusable, sql: `l.kind <> 'standard'` },
  full: {
    holds: ({ maxPayments, slotsUsed }: Judged) => maxPayments !== null && slotsUsed >= maxPayments,
    sql: 'coalesce(l.slots_used >= l.max_payments, false)',
  },
  waiting: { holds: ({ invoiceId }: Judged) => invoiceId !== null, sql: 'l.invoice_id is not null' },
} as const satisfies Readonly<Record<string, { readonly holds: (link: Judged) => boolean; readonly sql: string }>>;

/** The first whose facts hold is the state of an active link; of any other its status is. */
const ACTIVE_STATES: readonly { readonly state: LinkState; readonly facts: readonly (keyof typeof FACTS)[] }[] = [
  { state: 'sold_out', facts: ['reusable', 'full'] },
  { state: 'active', facts: ['reusable'] },
  { state: 'pending', facts: ['waiting'] },
  { state: 'created', facts: [] },
];

export function linkState(link: Judged): LinkState {
  if (link.status !== 'active') return link.status;
  return ACTIVE_STATES.find(({ facts }) => facts.every((fact) => FACTS[fact].holds(link)))?.state ?? link.status;
}

/** The same as an expression over a link `l`. */
export const LINK_STATE_SQL = `case when l.status <> 'active' then l.status ${ACTIVE_STATES.map(
  ({ state, facts }) =>
    `when ${facts.length === 0 ? 'true' : facts.map((fact) => FACTS[fact].sql).join(' and ')} then '${state}'`,
).join(' ')} end`;

export const NETWORK_NAMES: Readonly<Record<Network, string>> = {
  sandbox: 'Stellar Sandbox',
  testnet: 'Stellar Testnet',
  public: 'Stellar',
};

/** The event data of a link without an invoice. */
export function linkEventData(link: PaymentLink): Record<string, unknown> {
  return {
    id: link.publicId,
    linkId: link.id,
    kind: link.kind,
    status: linkState(link),
    amount: printAmount(link),
    currency: link.currency,
    asset: null,
    network: link.network,
    title: link.title,
    reference: link.reference,
    expiresAt: link.expiresAt === null ? null : isoInstant(link.expiresAt),
  };
}

/** The event data of a link with its invoice. */
export function linkWithInvoiceData(
  link: Pick<PaymentLink, 'id'>,
  invoice: Parameters<typeof invoiceEventData>[0],
): Record<string, unknown> {
  // What the payer answered stands in the events of the invoice alone, from where it can be erased.
  const { customFields: _answers, ...data } = invoiceEventData(invoice);
  return { ...data, linkId: link.id };
}

/** Null where the payer says how much, and for products, whose prices count at checkout. */
export function printAmount({
  amount,
  scale,
}: {
  readonly amount: Amount | null;
  readonly scale: number;
}): string | null {
  return amount === null ? null : formatAmount(amount, scale);
}

/** Decimal texts in the link's currency. */
export type PrintedOpenAmount = {
  readonly minimum: string;
  readonly maximum: string;
  readonly presets: readonly string[];
};

export function printOpenAmount({
  minimum,
  maximum,
  presets,
  scale,
}: Pick<PaymentLink, 'minimum' | 'maximum' | 'presets' | 'scale'>): PrintedOpenAmount | null {
  if (minimum === null || maximum === null) return null;
  const print = (amount: Amount): string => formatAmount(amount, scale);
  return { minimum: print(minimum), maximum: print(maximum), presets: (presets ?? []).map(print) };
}
