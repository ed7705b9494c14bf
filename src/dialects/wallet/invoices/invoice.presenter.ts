import { isoInstant, isoInstantOrNull } from '../../../common/clock';
import { formatAmount } from '../../../common/money';
import { paymentReferences } from '../../../invoices/invoice-references';
import { isOfVisitor } from '../../../links/visitor';
import type { Invoice } from '../../../invoices/invoice';
import { percentageText } from '../../../common/percentage';
import { checkoutUrl, walletAmount } from '../links/link.presenter';
import type { InvoiceCredit, InvoiceHappening } from '../../../payments/invoice-record.service';

/** What the presenter needs to know beside the invoice. */
export interface Surroundings {
  readonly publicUrl: string;
  readonly passphraseOf: (invoice: Invoice) => string;
}

/** Whom the merchant bills, or who a payer said to be. */
function named({ clientName, clientCompany }: Invoice): Pick<Invoice, 'clientName' | 'clientCompany'> {
  return { clientName, clientCompany };
}

/** Anyone's view: whom an owner has billed by hand, and nobody whom a visitor's checkout is billed to; no e-mail, no postal address, not the merchant's own reference. Decimals are strings. */
export function invoicePublic(invoice: Invoice, { publicUrl, passphraseOf }: Surroundings): Record<string, unknown> {
  const total = walletAmount(invoice);
  return {
    id: invoice.publicId,
    invoiceNumber: invoice.number,
    status: invoice.status,
    title: invoice.title,
    description: invoice.description,
    notes: invoice.notes,
    freelancerWallet: invoice.destination,
    ...(isOfVisitor(invoice) ? { clientName: null, clientCompany: null } : named(invoice)),
    lineItems: invoice.lines,
    items: invoice.lines,
    subtotal: formatAmount(invoice.subtotal, 2),
    taxRate: invoice.taxRate === null ? null : percentageText(invoice.taxRate),
    taxBreakdown: invoice.taxes,
    taxAmount: formatAmount(invoice.taxAmount, 2),
    discount: formatAmount(invoice.discount, 2),
    total,
    totalAmount: total,
    amount: total,
    currency: invoice.assetCode,
    asset: { code: invoice.assetCode, issuer: invoice.assetIssuer },
    network: invoice.network,
    networkPassphrase: passphraseOf(invoice),
    ...paymentReferences(invoice),
    checkoutUrl: checkoutUrl(publicUrl, invoice.publicId),
    dueDate: isoInstantOrNull(invoice.expiresAt),
    createdAt: isoInstant(invoice.createdAt),
    sentAt: isoInstantOrNull(invoice.sentAt),
    paidAt: isoInstantOrNull(invoice.paidAt),
    transactionHash: invoice.paidTransaction,
    ledgerNumber: invoice.paidLedger,
    payerWallet: invoice.payerWallet,
  };
}

/** The merchant's view. */
export function invoiceOwned(invoice: Invoice, surroundings: Surroundings): Record<string, unknown> {
  return {
    ...invoicePublic(invoice, surroundings),
    ...named(invoice),
    reference: invoice.reference,
    clientEmail: invoice.clientEmail,
    clientAddress: invoice.clientAddress,
    amountReceived: formatAmount(invoice.received, 2),
    createdBy: invoice.createdBy,
    updatedAt: isoInstant(invoice.updatedAt),
  };
}

export function creditView(credit: InvoiceCredit): Record<string, unknown> {
  return {
    id: credit.id,
    status: credit.disposition === 'applied' ? 'CONFIRMED' : 'SUSPENDED',
    outcome: credit.outcome,
    amount: formatAmount(credit.amount, 2),
    assetCode: credit.assetCode,
    assetIssuer: credit.assetIssuer,
    fromWallet: credit.from,
    toWallet: credit.account,
    transactionHash: credit.transactionHash,
    operationId: credit.operationId.toString(),
    ledgerNumber: credit.ledger,
    confirmedAt: isoInstant(credit.closedAt),
  };
}

/** `action` is the last word of the event's type in capitals: CREATED, UPDATED, SENT, PAID, EXPIRED, CANCELLED. */
export function happeningView(happening: InvoiceHappening): Record<string, unknown> {
  const { data } = happening;
  return {
    id: `evt_${happening.id}`,
    type: happening.type,
    action: happening.type.split('.').at(-1)?.toUpperCase(),
    invoiceId: data['id'],
    invoiceNumber: data['number'],
    status: data['status'],
    previousStatus: data['previousStatus'] ?? null,
    createdAt: isoInstant(happening.createdAt),
  };
}
