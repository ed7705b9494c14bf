import { isoInstantOrNull } from '../common/clock';
import { formatAmount } from '../common/money';
import { percentageText } from '../common/percentage';
import type { EventDraft, EventType } from '../webhooks/event-types';
import type { InvoiceStatus } from './invoice-states';
import { type PaymentReferences, paymentReferences } from './invoice-references';
import type { Invoice } from './invoice';

type Told = Pick<
  Invoice,
  | 'publicId'
  | 'status'
  | 'network'
  | 'destination'
  | 'referenceNumber'
  | 'assetCode'
  | 'assetIssuer'
  | 'subtotal'
  | 'taxRate'
  | 'taxes'
  | 'taxAmount'
  | 'total'
  | 'scale'
  | 'title'
  | 'reference'
  | 'expiresAt'
  | 'createdAt'
> &
  Partial<
    Pick<
      Invoice,
      'payer' | 'number' | 'memo' | 'received' | 'paidAt' | 'paidTransaction' | 'paidLedger' | 'payerWallet'
    >
  >;

/**
 * The fields of an invoice in events. E-mail and address stay out: receivers do not need them. `previousStatus`
 * is present when the status changed.
 */
export function invoiceEventData(invoice: Told, previousStatus?: InvoiceStatus): Record<string, unknown> {
  return {
    id: invoice.publicId,
    ...(invoice.number === undefined ? {} : { number: invoice.number }),
    status: invoice.status,
    ...(previousStatus === undefined ? {} : { previousStatus }),
    amount: formatAmount(invoice.total, Math.max(2, invoice.scale)),
    subtotal: formatAmount(invoice.subtotal, Math.max(2, invoice.scale)),
    taxRate: invoice.taxRate === null ? null : percentageText(invoice.taxRate),
    taxAmount: formatAmount(invoice.taxAmount, Math.max(2, invoice.scale)),
    taxBreakdown: invoice.taxes,
    asset: { code: invoice.assetCode, issuer: invoice.assetIssuer },
    network: invoice.network,
    destination: invoice.destination,
    ...referencesTold(invoice),
    title: invoice.title,
    reference: invoice.reference,
    received: formatAmount(invoice.received ?? 0n, 2),
    expiresAt: isoInstantOrNull(invoice.expiresAt),
    paidAt: isoInstantOrNull(invoice.paidAt ?? null),
    transactionHash: invoice.paidTransaction ?? null,
    ledger: invoice.paidLedger ?? null,
    payerWallet: invoice.payerWallet ?? null,
    ...answersTold(invoice),
  };
}

/** What the payer answered; the postal address stays out. */
function answersTold({ payer }: Told): { customFields?: Readonly<Record<string, string>> } {
  const answers = payer?.customFields ?? null;
  return answers === null ? {} : { customFields: answers };
}

/** A new invoice gets its memo with its number, from the statement that inserts it. */
function referencesTold(invoice: Told): Partial<PaymentReferences> {
  const { memo, ...known } = paymentReferences({ ...invoice, memo: invoice.memo ?? '' });
  return invoice.memo === undefined ? known : { memo, ...known };
}

/** `cause`: the money on the ledger that made it happen, where it was money. */
export function invoiceEvent(
  type: EventType,
  invoice: Told & Pick<Invoice, 'merchantId' | 'id'>,
  previousStatus?: InvoiceStatus,
  cause?: string,
): EventDraft {
  const data = invoiceEventData(invoice, previousStatus);
  return {
    merchantId: invoice.merchantId,
    type,
    network: invoice.network,
    subjectType: 'invoice',
    subjectId: invoice.id,
    data,
    cause,
  };
}
