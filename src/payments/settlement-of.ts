import type { JudgedInvoice, Settlement } from '../invoices/invoice-settlement.service';
import type { Rivalry } from '../links/link-locks.service';
import type { Credit } from '../stellar/ledger-source';
import type { MatchableInvoice, Verdict } from './payment-matcher';

/** From verdicts to what is written on invoices. Pure. */

export function matchable(invoice: JudgedInvoice & Rivalry): MatchableInvoice {
  const { id, status, total, received, toleranceBp, lateGraceSeconds, expiresAt, linkClosed } = invoice;
  const providerLedger = invoice.providerLedger ?? invoice.openedLedger;
  return {
    id,
    status,
    total,
    received,
    toleranceBp,
    lateGraceSeconds,
    expiresAt,
    providerLedger,
    asset: { code: invoice.assetCode, issuer: invoice.assetIssuer },
    deleted: invoice.deletedAt !== null,
    linkClosed,
    renews: invoice.subscriptionId !== null,
  };
}

/** The proof of payment is the credit that tipped the sum over; later money does not replace it. */
export function settlementOf(
  invoice: JudgedInvoice,
  earlier: Settlement | undefined,
  before: MatchableInvoice,
  verdict: Verdict,
  credit: Credit,
): Settlement {
  const proof = earlier ?? invoice;
  const tips = verdict.status === 'PAID' && before.status !== 'PAID';
  return {
    merchantId: invoice.merchantId,
    id: invoice.id,
    received: verdict.received,
    status: verdict.status,
    paidAt: tips ? credit.closedAt : proof.paidAt,
    paidTransaction: tips ? credit.transactionHash : proof.paidTransaction,
    paidLedger: tips ? credit.ledger : proof.paidLedger,
    payerWallet: tips ? credit.from : proof.payerWallet,
    version: invoice.version,
  };
}
