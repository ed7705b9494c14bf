import { isoInstantOrNull } from '../common/clock';
import { type Amount, type Asset, formatAmount } from '../common/money';
import type { Network } from '../common/network';
import { type PaymentReferences, paymentReferences } from '../invoices/invoice-references';
import type { Invoice } from '../invoices/invoice';
import { amountOwed, assetOf } from '../payments/payable';

/** What a payer can see of an invoice; `closing` is past its deadline while the ledger is still being read. */
export type CheckoutState = 'waiting' | 'partial' | 'paid' | 'closing' | 'expired' | 'cancelled' | 'failed';

/** What is to be paid, and what became of it. Amounts are decimal strings. */
export interface PaymentFacts {
  readonly publicId: string;
  readonly state: CheckoutState;
  readonly network: Network;
  readonly asset: Asset;
  readonly total: string;
  readonly received: string;
  readonly owed: string;
  /** Whole percent of the total that has arrived, rounded down; null when nothing has. */
  readonly receivedPercent: number | null;
  /** What arrived after it could count and was not returned yet; null when nothing did. */
  readonly held: string | null;
  readonly destination: string;
  /** Every way to name the invoice. */
  readonly references: PaymentReferences;
  /** SEP-7 request for what is owed; null when there is nothing to pay any more. */
  readonly uri: string | null;
  readonly expiresAt: Date | null;
  readonly paidAt: Date | null;
  readonly transactionHash: string | null;
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

/** Money may have come too late: only then is it worth a look. */
export function mayHold(state: CheckoutState): boolean {
  return state === 'expired' || state === 'cancelled' || state === 'failed';
}

/** Prints as the merchant gave the amount, with two decimals at least: the same text as the API's. */
export function printAmount(invoice: Pick<Invoice, 'scale'>, amount: Amount): string {
  return formatAmount(amount, Math.max(2, invoice.scale));
}

/** `uriFor` is asked only while there is something to pay. */
export function paymentFacts(
  invoice: Invoice,
  held: Amount,
  now: Date,
  uriFor: (invoice: Invoice) => string,
): PaymentFacts {
  const state = checkoutState(invoice, now);
  return {
    publicId: invoice.publicId,
    state,
    network: invoice.network,
    asset: assetOf(invoice),
    total: printAmount(invoice, invoice.total),
    received: printAmount(invoice, invoice.received),
    owed: printAmount(invoice, amountOwed(invoice)),
    receivedPercent: invoice.received === 0n ? null : Number((invoice.received * 100n) / invoice.total),
    held: held === 0n ? null : printAmount(invoice, held),
    destination: invoice.destination,
    references: paymentReferences(invoice),
    uri: isPayable(state) ? uriFor(invoice) : null,
    expiresAt: invoice.expiresAt,
    paidAt: invoice.paidAt,
    transactionHash: invoice.paidTransaction,
  };
}

/** What the page asks for again and again: enough to notice every change, and every figure it shows once more. */
export function statusView(facts: PaymentFacts): Record<string, unknown> {
  return {
    id: facts.publicId,
    state: facts.state,
    network: facts.network,
    asset: facts.asset.code,
    issuer: facts.asset.issuer,
    amount: facts.total,
    received: facts.received,
    owed: facts.owed,
    held: facts.held,
    destination: facts.destination,
    ...facts.references,
    uri: facts.uri,
    expiresAt: isoInstantOrNull(facts.expiresAt),
    paidAt: isoInstantOrNull(facts.paidAt),
    transactionHash: facts.transactionHash,
  };
}
