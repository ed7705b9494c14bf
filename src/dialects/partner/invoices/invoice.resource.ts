import { referenceText } from '../../../common/reference-text';
import { formatAmount } from '../../../common/money';
import { choiceFilter, codeFilter, instantRangeFilter, textFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import { percentageText } from '../../../common/percentage';
import { paymentReferences } from '../../../invoices/invoice-references';
import { INVOICE_STATUSES } from '../../../invoices/invoice-states';
import type { Invoice } from '../../../invoices/invoice';

export interface HostedInvoice extends Invoice {
  readonly hostedPageUrl: string;
}

/** As many decimals as the amount was given with, two at least. */
function told(read: (invoice: Invoice) => bigint): (invoice: Invoice) => string {
  return (invoice) => formatAmount(read(invoice), Math.max(2, invoice.scale));
}

export const invoices = defineResource({
  type: 'invoices',
  path: 'invoices',
  readScope: 'invoices:read',
  id: (invoice: HostedInvoice) => invoice.id,
  attributes: {
    publicId: 'publicId',
    number: 'number',
    status: 'status',
    title: 'title',
    description: 'description',
    notes: 'notes',
    reference: 'reference',
    currency: 'assetCode',
    issuer: 'assetIssuer',
    network: 'network',
    destination: 'destination',
    memo: 'memo',
    memoType: () => 'text',
    memoId: (invoice) => invoice.referenceNumber.toString(),
    muxedAddress: (invoice) => paymentReferences(invoice).muxedAddress,
    muxedReference: (invoice) => invoice.referenceNumber.toString(),
    lines: (invoice) =>
      invoice.lines.map(({ description, quantity, rate, amount }) => ({ description, quantity, rate, amount })),
    subtotal: told(({ subtotal }) => subtotal),
    taxRate: ({ taxRate }) => (taxRate === null ? null : percentageText(taxRate)),
    taxBreakdown: ({ taxes }) =>
      taxes.map(({ percentage, base, tax, inclusive }) => ({ percentage, base, tax, inclusive })),
    taxAmount: told(({ taxAmount }) => taxAmount),
    discount: told(({ discount }) => discount),
    amount: told(({ total }) => total),
    amountReceived: told(({ received }) => received),
    amountDue: told(({ total, received, status }) => (status === 'PAID' || received >= total ? 0n : total - received)),
    periodIndex: 'periodIndex',
    clientName: 'clientName',
    clientEmail: 'clientEmail',
    clientCompany: 'clientCompany',
    clientAddress: 'clientAddress',
    payer: {
      has: ({ payer }: HostedInvoice) => payer !== null,
      read: ({ payer }: HostedInvoice) =>
        payer === null ? null : { address: payer.address, customFields: payer.customFields },
    },
    hostedPageUrl: 'hostedPageUrl',
    createdAt: 'createdAt',
    updatedAt: 'updatedAt',
    sentAt: (invoice) => invoice.sentAt,
    expiresAt: (invoice) => invoice.expiresAt,
    paidAt: (invoice) => invoice.paidAt,
    transactionHash: 'paidTransaction',
    ledger: 'paidLedger',
    payerWallet: 'payerWallet',
  },
  relationships: {
    payments: { to: 'many', types: ['payments'] },
    subscription: {
      to: 'one',
      types: ['subscriptions'],
      linkage: ({ subscriptionId }) => (subscriptionId === null ? null : { type: 'subscriptions', id: subscriptionId }),
    },
  },
  aliases: { expires_at: 'expiresAt' },
  filters: {
    status: choiceFilter(INVOICE_STATUSES),
    reference: textFilter(255, referenceText),
    number: codeFilter(),
    publicId: codeFilter(40),
    createdAt: instantRangeFilter(),
  },
  sorts: { createdAt: (invoice) => invoice.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
