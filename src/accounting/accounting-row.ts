import { type Amount, formatAmount, STROOPS_PER_UNIT } from '../common/money';
import { divideHalfUp, type StoredTax } from '../invoices/invoice-totals';

/**
 * What can happen to money that arrived, in the order of things that happen at one moment: it is held, it counts towards an invoice, it is taken
 * off one and held, it was sent back or put aside by its owner.
 */
export const ENTRY_KINDS = ['held', 'payment', 'released', 'refunded', 'dismissed'] as const;

/** One thing that happened to a payment, with what is known of its invoice. */
export interface BookEntry {
  readonly kind: (typeof ENTRY_KINDS)[number];
  /** When it happened. */
  readonly bookedAt: Date;
  /** With a payment: it was held until then. */
  readonly heldBefore: boolean;
  /** Of the payment. */
  readonly id: string;
  readonly closedAt: Date;
  readonly network: string;
  readonly assetCode: string;
  readonly assetIssuer: string | null;
  readonly amount: Amount;
  readonly fromAddress: string;
  /** What brought it, or with a refund what sent it back, where its owner said. */
  readonly transactionHash: string | null;
  readonly operationId: bigint;
  /** The one that paid its invoice: the invoice's own sums are told with it, and only with it. */
  readonly pays: boolean;
  /** Null where the money is of no invoice; then nothing else is known of one. */
  readonly number: string | null;
  readonly reference: string | null;
  readonly clientName: string | null;
  readonly clientCompany: string | null;
  readonly clientEmail: string | null;
  readonly subtotal: Amount | null;
  readonly taxAmount: Amount | null;
  readonly taxes: readonly StoredTax[] | null;
  readonly discount: Amount | null;
  readonly total: Amount | null;
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
  'kind',
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
  'held',
  'refunded',
  'fee',
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
export function accountingCells(entry: BookEntry): (string | null)[] {
  const { pays, quote } = entry;
  const once = (amount: Amount | null): string | null => (pays && amount !== null ? formatAmount(amount, 2) : null);
  const { received, held, refunded } = moved(entry);
  return [
    entry.closedAt.toISOString(),
    entry.number,
    entry.kind,
    entry.reference,
    entry.clientCompany ?? entry.clientName ?? entry.clientEmail,
    once(entry.subtotal),
    once(entry.taxAmount),
    pays ? (entry.taxes ?? []).map(({ percentage, tax }) => `${percentage}%: ${tax}`).join('; ') : null,
    once(entry.discount),
    once(entry.total),
    entry.network,
    entry.assetCode,
    entry.assetIssuer,
    formatAmount(received, 2),
    formatAmount(held, 2),
    formatAmount(refunded, 2),
    feeOf(entry),
    quote?.currency ?? null,
    quote === null ? null : formatAmount(signed(fiatValue(entry.amount, quote), received), 2),
    quote?.rate ?? null,
    entry.fromAddress,
    entry.transactionHash,
    entry.operationId.toString(),
    entry.id,
    entry.bookedAt.toISOString(),
    pays ? answersOf(entry) : null,
  ];
}

interface Moved {
  /** What counts towards invoices is so much more. */
  readonly received: Amount;
  /** What waits for a decision is so much more. */
  readonly held: Amount;
  /** What was sent back is so much more. */
  readonly refunded: Amount;
}

/** Summed up over everything that ever happened, they are what the ledger of payments says now. */
function moved({ kind, amount, heldBefore }: BookEntry): Moved {
  switch (kind) {
    case 'held':
      return { received: 0n, held: amount, refunded: 0n };
    case 'payment':
      return { received: amount, held: heldBefore ? -amount : 0n, refunded: 0n };
    case 'released':
      return { received: -amount, held: amount, refunded: 0n };
    case 'refunded':
      return { received: 0n, held: -amount, refunded: amount };
    case 'dismissed':
      return { received: 0n, held: -amount, refunded: 0n };
  }
}

/**
 * What was kept back of money on its way: nothing, because the network is paid by who sends, and the whole amount goes from there to the
 * merchant's own account. What sending it back cost its owner is not known here.
 */
function feeOf({ kind }: BookEntry): string | null {
  return kind === 'refunded' ? null : formatAmount(0n, 2);
}

function signed(value: Amount, like: Amount): Amount {
  return like < 0n ? -value : value;
}

/** `size: M; colour: red` */
function answersOf({ answers }: BookEntry): string | null {
  return answers === null
    ? null
    : Object.entries(answers)
        .map(([key, answer]) => `${key}: ${answer}`)
        .join('; ');
}

const CENT = STROOPS_PER_UNIT / 100n;

/** The price itself where what was asked for was paid, otherwise at the rate that was promised, to a hundredth. */
export function fiatValue(amount: Amount, quote: NonNullable<BookEntry['quote']>): Amount {
  if (amount === quote.payAmount) return quote.amount;
  const [whole = '0', fraction = ''] = quote.rate.split('.');
  const scale = 10n ** BigInt(fraction.length);
  return divideHalfUp(amount * BigInt(whole + fraction), scale * CENT) * CENT;
}
