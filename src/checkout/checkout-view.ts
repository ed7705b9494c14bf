import { type Amount, formatAmount } from '../common/money';
import type { Network } from '../common/network';
import { PAYABLE_STATUSES } from '../invoices/invoice-states';
import type { Invoice } from '../invoices/invoice.entity';
import { amountOwed, memoOf } from '../payments/payable';
import { memoText } from '../stellar/memo';
import { plainLine, plainText } from './plain-text';

/** What a payer can see of an invoice; `closing` is past its deadline while the ledger is still being read. */
export type CheckoutState = 'waiting' | 'partial' | 'paid' | 'closing' | 'expired' | 'cancelled' | 'failed';

export interface CheckoutLine {
  readonly description: string;
  readonly quantity: string;
  readonly rate: string;
  readonly amount: string;
}

/** Everything the page says, as text without controls; amounts are decimal strings. */
export interface CheckoutView {
  readonly publicId: string;
  readonly state: CheckoutState;
  readonly merchant: string;
  readonly number: string;
  readonly title: string;
  readonly description: string | null;
  readonly lines: readonly CheckoutLine[];
  readonly subtotal: string;
  readonly tax: { readonly percent: string; readonly amount: string } | null;
  readonly discount: string | null;
  readonly total: string;
  readonly received: string;
  readonly owed: string;
  readonly asset: { readonly code: string; readonly issuer: string | null };
  readonly network: Network;
  readonly destination: string;
  readonly memo: { readonly type: string; readonly value: string };
  /** SEP-7 request for what is owed; null when there is nothing to pay any more. */
  readonly uri: string | null;
  readonly expiresAt: Date | null;
  readonly paidAt: Date | null;
  readonly transactionHash: string | null;
  readonly now: Date;
  readonly testWallet: boolean;
}

/** A DRAFT has no deadline yet; any other invoice is closed to new payments at its deadline, whatever its status says. */
export function checkoutState(invoice: Pick<Invoice, 'status' | 'received' | 'expiresAt'>, now: Date): CheckoutState {
  switch (invoice.status) {
    case 'PAID':
      return 'paid';
    case 'EXPIRED':
      return 'expired';
    case 'CANCELLED':
      return 'cancelled';
    case 'FAILED':
      return 'failed';
    case 'DRAFT':
    case 'PENDING':
    case 'PROCESSING':
      if (invoice.status !== 'DRAFT' && invoice.expiresAt !== null && invoice.expiresAt <= now) return 'closing';
      return invoice.received > 0n ? 'partial' : 'waiting';
  }
}

export function isPayable(state: CheckoutState): boolean {
  return state === 'waiting' || state === 'partial';
}

/** A state from which nothing but a merchant's reply can follow: the page stops asking. */
export function isOver(state: CheckoutState): boolean {
  return state === 'paid' || state === 'cancelled' || state === 'failed';
}

interface Surroundings {
  readonly merchantName: string;
  readonly uri: string | null;
  readonly now: Date;
  readonly testWallet: boolean;
}

export function checkoutView(invoice: Invoice, { merchantName, uri, now, testWallet }: Surroundings): CheckoutView {
  const print = (amount: Amount): string => formatAmount(amount, Math.max(2, invoice.scale));
  const memo = memoOf(invoice);
  const state = checkoutState(invoice, now);
  return {
    publicId: invoice.publicId,
    state,
    merchant: plainLine(merchantName) || 'Unnamed merchant',
    number: plainLine(invoice.number),
    title: plainLine(invoice.title) || 'Payment',
    description: plainText(invoice.description ?? '') || null,
    lines: invoice.lines.map((line) => ({ description: plainLine(line.description), quantity: line.quantity, rate: line.rate, amount: line.amount })),
    subtotal: print(invoice.subtotal),
    tax: invoice.taxAmount === 0n ? null : { percent: taxPercent(invoice.taxRate), amount: print(invoice.taxAmount) },
    discount: invoice.discount === 0n ? null : print(invoice.discount),
    total: print(invoice.total),
    received: print(invoice.received),
    owed: print(amountOwed(invoice)),
    asset: { code: invoice.assetCode, issuer: invoice.assetIssuer },
    network: invoice.network,
    destination: invoice.destination,
    memo: { type: memo.type, value: memoText(memo) ?? '' },
    uri: isPayable(state) ? uri : null,
    expiresAt: invoice.expiresAt,
    paidAt: invoice.paidAt,
    transactionHash: invoice.paidTransaction,
    now,
    testWallet: testWallet && isPayable(state),
  };
}

export function isInvoicePayable(invoice: Invoice, now: Date): boolean {
  return PAYABLE_STATUSES.includes(invoice.status) && isPayable(checkoutState(invoice, now));
}

/** Millionths of one to percent: 200000 is 20. */
function taxPercent(rate: number): string {
  return formatAmount(BigInt(rate) * 1000n);
}
