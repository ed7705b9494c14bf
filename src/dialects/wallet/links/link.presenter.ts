import { isoInstant, isoInstantOrNull } from '../../../common/clock';
import { formatAmount } from '../../../common/money';
import { paymentReferences } from '../../../invoices/invoice-references';
import type { InvoiceStatus } from '../../../invoices/invoice-states';
import type { Invoice } from '../../../invoices/invoice';
import type { NewInvoice } from '../../../invoices/invoice-insert';
import { isOfVisitor } from '../../../links/visitor';
import type { InvoiceStatusView } from '../../../invoices/invoice-status.service';
import type { LinkOffer, OfferState } from '../../../links/offers/link-offer';

export type WalletLinkStatus = 'CREATED' | 'PENDING' | 'CONFIRMED' | 'EXPIRED' | 'FAILED' | 'CANCELLED';

const LINK_STATUS: Readonly<Record<InvoiceStatus, WalletLinkStatus>> = {
  DRAFT: 'CREATED',
  PENDING: 'PENDING',
  PROCESSING: 'PENDING',
  PAID: 'CONFIRMED',
  EXPIRED: 'EXPIRED',
  FAILED: 'FAILED',
  CANCELLED: 'CANCELLED',
};

export function linkStatus(status: InvoiceStatus): WalletLinkStatus {
  return LINK_STATUS[status];
}

export function checkoutUrl(publicUrl: string, publicId: string): string {
  return `${publicUrl}/pay/${publicId}`;
}

/** Printed with the decimals it was given with, at least two. */
export function walletAmount(invoice: Pick<Invoice, 'total' | 'scale'>): string {
  return formatAmount(invoice.total, Math.max(2, invoice.scale));
}

/** The invoice's fields in the creator's view: nothing that happens after its creation. */
export type CreatedLink = NewInvoice & Pick<Invoice, 'number' | 'memo'>;

/** The creator's view: what was sent, with everything that was decided. */
export function linkCreated(invoice: CreatedLink, publicUrl: string): Record<string, unknown> {
  return {
    id: invoice.publicId,
    status: linkStatus(invoice.status),
    checkoutUrl: checkoutUrl(publicUrl, invoice.publicId),
    amount: walletAmount(invoice),
    asset: invoice.assetCode,
    destination: invoice.destination,
    ...paymentReferences(invoice),
    createdAt: isoInstant(invoice.createdAt),
    expiresAt: isoInstantOrNull(invoice.expiresAt),
    metadata: {
      title: invoice.title,
      description: invoice.description,
      reference: invoice.reference,
      payerName: invoice.clientName,
      payerEmail: invoice.clientEmail,
    },
    activateNewAccounts: invoice.activateNewAccounts,
    legacyInvoiceId: invoice.publicId,
    legacyInvoiceNumber: invoice.number,
  };
}

/** Anyone's view: the payer's e-mail and the merchant's reference stay with the merchant, and whom a visitor's checkout is billed to. */
export function linkPublic(invoice: Invoice, publicUrl: string): Record<string, unknown> {
  const created = linkCreated(invoice, publicUrl);
  const metadata = {
    ...(created['metadata'] as Record<string, unknown>),
    ...(isOfVisitor(invoice) ? { payerName: null } : {}),
    reference: null,
    payerEmail: null,
  };
  return {
    ...created,
    metadata,
    transactionHash: invoice.paidTransaction,
    confirmedAt: isoInstantOrNull(invoice.paidAt),
  };
}

/** What a payer may do decides: whoever can pay, or is waited for, finds it PENDING. */
const OFFER_STATUS: Readonly<Record<OfferState, WalletLinkStatus>> = {
  open: 'PENDING',
  sold_out: 'PENDING',
  inactive: 'CREATED',
  completed: 'CONFIRMED',
  expired: 'EXPIRED',
  cancelled: 'CANCELLED',
};

export function offerStatus({ state }: Pick<LinkOffer, 'state'>): WalletLinkStatus {
  return OFFER_STATUS[state];
}

/**
 * Anyone's view of a link without an invoice: its payers get theirs at the checkout, and each has references of its own. `isAsset` where it
 * is priced in one; `currency` says what the price is in, `amount` is null where the payer says how much.
 */
export function linkOffered(offer: LinkOffer, isAsset: boolean, publicUrl: string): Record<string, unknown> {
  const { publicId, amount, currency, title, description } = offer;
  return {
    id: publicId,
    status: offerStatus(offer),
    checkoutUrl: checkoutUrl(publicUrl, publicId),
    amount,
    asset: isAsset ? currency : null,
    currency,
    destination: null,
    memo: null,
    memoType: null,
    memoId: null,
    muxedAddress: null,
    createdAt: isoInstant(offer.createdAt),
    expiresAt: isoInstantOrNull(offer.expiresAt),
    metadata: { title, description, reference: null, payerName: null, payerEmail: null },
    activateNewAccounts: false,
    legacyInvoiceId: null,
    legacyInvoiceNumber: null,
    transactionHash: null,
    confirmedAt: null,
  };
}

export function linkStatusView(
  view: Pick<InvoiceStatusView, 'publicId' | 'status' | 'paidTransaction' | 'paidAt' | 'expiresAt'>,
): Record<string, unknown> {
  return {
    id: view.publicId,
    status: linkStatus(view.status),
    transactionHash: view.paidTransaction,
    confirmedAt: isoInstantOrNull(view.paidAt),
    expiresAt: isoInstantOrNull(view.expiresAt),
  };
}
