import { isoInstant } from '../common/clock';
import { type Amount, formatAmount } from '../common/money';
import type { Network } from '../common/network';
import { invoiceEventData } from '../invoices/invoice-event';
import type { Link } from './link.entity';

type Terms = Pick<Link, 'merchantId' | 'id' | 'publicId' | 'kind' | 'status' | 'network' | 'invoiceId' | 'direction' | 'title' | 'description' | 'accountCurrency' | 'payCurrencies' | 'reference' | 'successRedirectUrl' | 'unsuccessRedirectUrl' | 'createdAt' | 'updatedAt'>;

/** A link with its terms, whether they are its own or its invoice's. */
export interface PaymentLink extends Terms {
  readonly amount: Amount;
  readonly scale: number;
  readonly currency: string;
  readonly paymentMethods: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly expiresAt: Date | null;
}

export const LINK_STATES = ['created', 'pending', 'completed', 'expired', 'cancelled'] as const;
/** How the partner API tells a link's status: `pending` as soon as there is a child that waits for money. */
export type LinkState = (typeof LINK_STATES)[number];

export function linkState({ status, invoiceId }: Pick<PaymentLink, 'status' | 'invoiceId'>): LinkState {
  if (status === 'completed' || status === 'expired' || status === 'cancelled') return status;
  return invoiceId === null ? 'created' : 'pending';
}

export const NETWORK_NAMES: Readonly<Record<Network, string>> = { sandbox: 'Stellar Sandbox', testnet: 'Stellar Testnet', public: 'Stellar' };

/** What an event tells of a link that has no invoice. */
export function linkEventData(link: PaymentLink): Record<string, unknown> {
  return {
    id: link.publicId,
    linkId: link.id,
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

export function printAmount({ amount, scale }: Pick<PaymentLink, 'amount' | 'scale'>): string {
  return formatAmount(amount, scale);
}
