import type { PricedLine } from '../common/priced-line';
import { isoInstant } from '../common/clock';
import { type Amount, amountOf, formatAmount } from '../common/money';
import { plainLine, plainText } from '../common/plain-text';
import type { Network } from '../common/network';
import type { Invoice } from '../invoices/invoice';
import type { InvoiceStatus } from '../invoices/invoice-states';
import type { Outcome } from '../payments/payment-matcher';
import { percentageText } from '../common/percentage';
import type { RecordedPayment } from '../payments/recorded-payment';

/** The reader: the merchant, or a payer with the link. */
export type Reader = 'owner' | 'payer';

/** What a price in fiat was turned into the asset by. */
export interface QuotedPrice {
  readonly currency: string;
  readonly amount: Amount;
  /** Fiat per one unit of the asset, as decimal text. */
  readonly rate: string;
}

export interface ReceiptFacts {
  readonly invoice: Invoice;
  readonly merchantName: string;
  /** Those that count, in ledger order. */
  readonly payments: readonly RecordedPayment[];
  readonly quote: QuotedPrice | null;
}

export interface LabelledText {
  readonly label: string;
  readonly text: string;
}

export interface ReceiptPayment {
  readonly amount: string;
  readonly transactionHash: string;
  readonly place: string;
  readonly note: string | null;
}

/** Everything that is printed, as it is printed; equal receipts are equal bytes. */
export interface Receipt {
  readonly merchant: string;
  readonly number: string;
  readonly heading: string;
  /** Present where the money is not worth anything. */
  readonly testMoney: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly facts: readonly LabelledText[];
  readonly lines: readonly PricedLine[];
  readonly sums: readonly LabelledText[];
  readonly settlement: readonly LabelledText[];
  readonly payments: readonly ReceiptPayment[];
  readonly notes: string | null;
  /** The instant the document carries as its own. */
  readonly at: Date;
}

/** The payer's receipt omits what the public page omits too: the customer, the reference and the notes. */
export function receiptOf({ invoice, merchantName, payments, quote }: ReceiptFacts, reader: Reader): Receipt {
  return {
    merchant: plainLine(merchantName) || 'Unnamed merchant',
    number: plainLine(invoice.number),
    heading: invoice.status === 'PAID' ? 'Receipt' : 'Receipt of a part payment',
    testMoney: invoice.network === 'public' ? null : `Test money: ${invoice.network} network`,
    title: plainLine(invoice.title),
    description: plainText(invoice.description ?? '') || null,
    facts: [...dates(invoice), ...(reader === 'owner' ? ownFacts(invoice) : [])],
    lines: invoice.lines.map((line) => ({
      description: plainLine(line.description),
      quantity: line.quantity,
      rate: line.rate,
      amount: line.amount,
    })),
    sums: sums(invoice),
    settlement: settlement(invoice, quote),
    payments: payments.map((payment) => paymentOf(payment, invoice)),
    notes: reader === 'owner' ? plainText(invoice.notes ?? '') || null : null,
    at: invoice.paidAt ?? payments.at(-1)?.closedAt ?? invoice.updatedAt,
  };
}

const STATES: Readonly<Record<InvoiceStatus, string>> = {
  DRAFT: 'Not paid in full yet',
  PENDING: 'Not paid in full yet',
  PROCESSING: 'Not paid in full yet',
  PAID: 'Paid',
  EXPIRED: 'Expired before it was paid in full',
  CANCELLED: 'Cancelled before it was paid in full',
  FAILED: 'Failed before it was paid in full',
};

function dates(invoice: Invoice): readonly LabelledText[] {
  return [
    { label: 'Status', text: STATES[invoice.status] },
    { label: 'Issued', text: instant(invoice.createdAt) },
    ...(invoice.expiresAt === null ? [] : [{ label: 'To be paid before', text: instant(invoice.expiresAt) }]),
    ...(invoice.paidAt === null ? [] : [{ label: 'Paid', text: instant(invoice.paidAt) }]),
  ];
}

function ownFacts(invoice: Invoice): readonly LabelledText[] {
  const given = [
    ['Billed to', invoice.clientName],
    ['Company', invoice.clientCompany],
    ['Address', invoice.clientAddress],
    ['E-mail', invoice.clientEmail],
    ['Reference', invoice.reference],
  ] as const;
  return given.flatMap(([label, value]) => {
    const text = plainText(value ?? '');
    return text === '' ? [] : [{ label, text }];
  });
}

function sums(invoice: Invoice): readonly LabelledText[] {
  const { subtotal, taxRate, taxAmount, discount, total, received, assetCode } = invoice;
  const print = (amount: Amount): string => `${printed(amount, invoice)} ${assetCode}`;
  return [
    { label: 'Subtotal', text: print(subtotal) },
    ...taxLines(invoice, print),
    // Several rates together make a sum and no percentage.
    ...(taxAmount === 0n && taxRate === 0
      ? []
      : [{ label: taxRate === null ? 'Tax' : `Tax (${percentageText(taxRate)}%)`, text: print(taxAmount) }]),
    ...(discount === 0n ? [] : [{ label: 'Discount', text: `-${print(discount)}` }]),
    { label: 'Total', text: print(total) },
    { label: 'Received', text: print(received) },
    ...(received > total ? [{ label: 'More than the total by', text: print(received - total) }] : []),
    ...(received < total
      ? [
          {
            label: invoice.status === 'PAID' ? 'Less than the total by, which was accepted' : 'Less than the total by',
            text: print(total - received),
          },
        ]
      : []),
  ];
}

/** What each of several rates is charged on; one rate says it all in its sum. */
function taxLines({ taxes }: Invoice, print: (amount: Amount) => string): readonly LabelledText[] {
  if (taxes.length < 2) return [];
  return taxes.map(({ percentage, base, tax, inclusive }) => ({
    label: `${percentage}%${inclusive ? ' included,' : ''} on ${print(amountOf(base))}`,
    text: print(amountOf(tax)),
  }));
}

const NETWORKS: Readonly<Record<Network, string>> = {
  sandbox: 'Stellar sandbox',
  testnet: 'Stellar testnet',
  public: 'Stellar public network',
};

function settlement(invoice: Invoice, quote: QuotedPrice | null): readonly LabelledText[] {
  const { assetCode, assetIssuer, network, destination } = invoice;
  return [
    ...(quote === null
      ? []
      : [
          {
            label: 'Price',
            text: `${formatAmount(quote.amount, 2)} ${quote.currency} at ${quote.rate} ${quote.currency} for 1 ${assetCode}`,
          },
        ]),
    { label: 'Asset', text: assetCode },
    { label: 'Issuer', text: assetIssuer ?? 'None: the native asset of the network' },
    { label: 'Network', text: NETWORKS[network] },
    { label: 'Paid to', text: destination },
  ];
}

/** Only of payments that were applied; the others never reach a receipt. */
const NOTES: Partial<Record<Outcome, string>> = {
  under: 'Part of what was owed',
  tolerated: 'Slightly less than what was owed, which was accepted',
  over: 'More than what was owed',
  late: 'Late: after the time to pay was over',
  surplus: 'After the invoice had been paid',
};

function paymentOf(payment: RecordedPayment, invoice: Invoice): ReceiptPayment {
  return {
    amount: `${printed(payment.amount, invoice)} ${payment.assetCode}`,
    transactionHash: payment.transactionHash,
    place: `Ledger ${payment.ledger}, closed ${instant(payment.closedAt)}`,
    note: NOTES[payment.outcome] ?? null,
  };
}

function printed(amount: Amount, { scale }: Pick<Invoice, 'scale'>): string {
  return formatAmount(amount, Math.max(2, scale));
}

function instant(at: Date): string {
  return `${isoInstant(at).slice(0, 19).replace('T', ' ')} UTC`;
}
