import { isoInstant } from '../common/clock';
import { type Amount, formatAmount } from '../common/money';
import type { Network } from '../common/network';
import { invoiceEventData } from '../invoices/invoice-event';
import { isReusable } from './link-kinds';
import type { Link } from './link.entity';

type Terms = Pick<
  Link,
  | 'merchantId' | 'id' | 'publicId' | 'kind' | 'status' | 'network' | 'invoiceId' | 'direction' | 'title' | 'description' | 'amount' | 'minimum' | 'maximum' | 'presets'
  | 'accountCurrency' | 'payCurrencies' | 'reference' | 'successRedirectUrl' | 'unsuccessRedirectUrl' | 'maxPayments' | 'maxQuantity' | 'slotsUsed' | 'paymentsMade'
  | 'paymentsOverLimit' | 'version' | 'createdAt' | 'updatedAt'
>;

/** A link with its terms, whether they are its own or its invoice's. */
export interface PaymentLink extends Terms {
  readonly scale: number;
  readonly currency: string;
  readonly paymentMethods: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly expiresAt: Date | null;
  /** In the order they are sold. */
  readonly productIds: readonly string[];
  readonly taxRateId: string | null;
}

export const LINK_STATES = ['created', 'pending', 'active', 'sold_out', 'inactive', 'completed', 'expired', 'cancelled'] as const;
/**
 * How the partner API tells a link's status. A standard link is `created`, and `pending` as soon as there is a child
 * that waits for money; a reusable one is `active`, and `sold_out` while every slot of its limit is used.
 */
export type LinkState = (typeof LINK_STATES)[number];

export function linkState(link: Pick<PaymentLink, 'kind' | 'status' | 'invoiceId' | 'maxPayments' | 'slotsUsed'>): LinkState {
  if (link.status !== 'active') return link.status;
  if (isReusable(link)) return link.maxPayments !== null && link.slotsUsed >= link.maxPayments ? 'sold_out' : 'active';
  return link.invoiceId === null ? 'created' : 'pending';
}

export const NETWORK_NAMES: Readonly<Record<Network, string>> = { sandbox: 'Stellar Sandbox', testnet: 'Stellar Testnet', public: 'Stellar' };

/** What an event tells of a link that has no invoice. */
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

/** What an event tells of a link with its invoice. */
export function linkWithInvoiceData(link: Pick<PaymentLink, 'id'>, invoice: Parameters<typeof invoiceEventData>[0]): Record<string, unknown> {
  return { ...invoiceEventData(invoice), linkId: link.id };
}

/** Null where the payer says how much, and for products, whose prices count when somebody checks out. */
export function printAmount({ amount, scale }: { readonly amount: Amount | null; readonly scale: number }): string | null {
  return amount === null ? null : formatAmount(amount, scale);
}

/** Decimal texts in the link's currency. */
export type PrintedOpenAmount = { readonly minimum: string; readonly maximum: string; readonly presets: readonly string[] };

export function printOpenAmount({ minimum, maximum, presets, scale }: Pick<PaymentLink, 'minimum' | 'maximum' | 'presets' | 'scale'>): PrintedOpenAmount | null {
  if (minimum === null || maximum === null) return null;
  const print = (amount: Amount): string => formatAmount(amount, scale);
  return { minimum: print(minimum), maximum: print(maximum), presets: (presets ?? []).map(print) };
}
