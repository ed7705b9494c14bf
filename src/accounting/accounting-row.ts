import { type Amount, formatAmount, STROOPS_PER_UNIT } from '../common/money';
import { divideHalfUp, type StoredTax } from '../invoices/invoice-totals';

/** A payment that counts towards an invoice, with what is known of both. */
export interface BookedPayment {
  readonly id: string;
  /** When it began to count. */
  readonly bookedAt: Date;
  readonly closedAt: Date;
  readonly network: string;
  readonly assetCode: string;
  readonly assetIssuer: string | null;
  readonly amount: Amount;
  readonly fromAddress: string;
  readonly transactionHash: string;
  readonly operationId: bigint;
  /** The one that paid its invoice: the invoice's own sums are told with it, and only with it. */
  readonly pays: boolean;
  readonly number: string;
  readonly reference: string | null;
  readonly clientName: string | null;
  readonly clientCompany: string | null;
  readonly clientEmail: string | null;
  readonly subtotal: Amount;
  readonly taxAmount: Amount;
  readonly taxes: readonly StoredTax[];
  readonly discount: Amount;
  readonly total: Amount;
  /** What the payer answered, by the keys of the questions. */
  readonly answers: Readonly<Record<string, string>> | null;
  /** What the payer was promised when the asset was chosen; null where the price was in the asset itself. */
  readonly quote: {
    readonly currency: string;
    readonly rate: string;
    readonly amount: Amount;
    readonly payAmount: Amount;
  } | null;
}

export const ACCOUNTING_COLUMNS = [
  'date',
  'invoice',
  'entry',
  'reference',
  'customer',
  'net',
  'tax',
  'tax_by_rate',
  'discount',
  'total',
  'network',
  'asset_code',
  'asset_issuer',
  'received',
  'fiat_currency',
  'fiat_value',
  'fiat_rate',
  'payer',
  'transaction_hash',
  'operation_id',
  'payment_id',
  'booked_at',
  'answers',
] as const;

/** In the order of the columns. */
export function accountingCells(payment: BookedPayment): (string | null)[] {
  const { pays, quote } = payment;
  const once = (amount: Amount): string | null => (pays ? formatAmount(amount, 2) : null);
  return [
    payment.closedAt.toISOString(),
    payment.number,
    pays ? 'invoice_paid' : 'further_payment',
    payment.reference,
    payment.clientCompany ?? payment.clientName ?? payment.clientEmail,
    once(payment.subtotal),
    once(payment.taxAmount),
    pays ? payment.taxes.map(({ percentage, tax }) => `${percentage}%: ${tax}`).join('; ') : null,
    once(payment.discount),
    once(payment.total),
    payment.network,
    payment.assetCode,
    payment.assetIssuer,
    formatAmount(payment.amount, 2),
    quote?.currency ?? null,
    quote === null ? null : formatAmount(fiatValue(payment.amount, quote), 2),
    quote?.rate ?? null,
    payment.fromAddress,
    payment.transactionHash,
    payment.operationId.toString(),
    payment.id,
    payment.bookedAt.toISOString(),
    pays ? answersOf(payment) : null,
  ];
}

/** `size: M; colour: red` */
function answersOf({ answers }: BookedPayment): string | null {
  return answers === null
    ? null
    : Object.entries(answers)
        .map(([key, answer]) => `${key}: ${answer}`)
        .join('; ');
}

const CENT = STROOPS_PER_UNIT / 100n;

/** The price itself where what was asked for was paid, otherwise at the rate that was promised, to a hundredth. */
export function fiatValue(amount: Amount, quote: NonNullable<BookedPayment['quote']>): Amount {
  if (amount === quote.payAmount) return quote.amount;
  const [whole = '0', fraction = ''] = quote.rate.split('.');
  const scale = 10n ** BigInt(fraction.length);
  return divideHalfUp(amount * BigInt(whole + fraction), scale * CENT) * CENT;
}
