import { isoInstant, isoInstantOrNull } from '../../../common/clock';
import { formatAmount } from '../../../common/money';
import { paymentReferences } from '../../../invoices/invoice-references';
import type { InvoiceStatusView } from '../../../invoices/invoice-status.service';
import type { Confirmation } from '../../../payments/confirmation.service';
import type { PayIntent } from '../../../payments/pay-intents.service';
import type { SubmissionResult } from '../../../payments/submission.service';
import type { ExchangeRoute } from '../../../rates/exchange-routes.service';
import type { LedgerTransaction } from '../../../stellar/ledger-source';
import { memoText } from '../../../stellar/memo';

export function payIntentView(intent: PayIntent, sep7Uri: string, networkPassphrase: string): Record<string, unknown> {
  return {
    invoiceId: intent.invoice.publicId,
    transactionXdr: intent.transactionXdr,
    sep7Uri,
    amount: formatAmount(intent.amount, Math.max(2, intent.invoice.scale)),
    asset: intent.asset,
    ...paymentReferences(intent.invoice),
    networkPassphrase,
    timeout: intent.timeoutSeconds,
    ...(intent.exchange === null ? {} : { sendAsset: intent.exchange.source, ...costOf(intent.exchange) }),
  };
}

export function routesView(publicId: string, routes: readonly ExchangeRoute[]): Record<string, unknown> {
  return {
    invoiceId: publicId,
    routes: routes.map((route) => ({ asset: route.source.code, issuer: route.source.issuer, ...costOf(route) })),
  };
}

/** What it costs at this moment, and the most that it may cost. */
function costOf({ sourceAmount, sendMax }: ExchangeRoute): Record<string, string> {
  return { sourceAmount: formatAmount(sourceAmount, 2), sendMax: formatAmount(sendMax, 2) };
}

export function submissionView(result: SubmissionResult): Record<string, unknown> {
  return result.alreadyPaid
    ? { success: true, alreadyPaid: true }
    : { success: true, transactionHash: result.transactionHash, ledger: result.ledger };
}

export function confirmationView(confirmation: Confirmation): Record<string, unknown> {
  const { transactionHash, ledger, alreadyPaid } = confirmation;
  const paidAt = isoInstant(confirmation.paidAt);
  return alreadyPaid
    ? { status: 'already_paid', transactionHash, paidAt }
    : { status: 'confirmed', transactionHash, ledger, paidAt };
}

export function paymentStatusView(view: InvoiceStatusView): Record<string, unknown> {
  return {
    invoiceId: view.publicId,
    status: view.status,
    transactionHash: view.paidTransaction,
    ledgerNumber: view.paidLedger,
    paidAt: isoInstantOrNull(view.paidAt),
    payerWallet: view.payerWallet,
  };
}

export function verifiedTransactionView(transaction: LedgerTransaction): Record<string, unknown> {
  return {
    successful: transaction.successful,
    hash: transaction.hash,
    ledger: transaction.ledger,
    createdAt: isoInstant(transaction.closedAt),
    sourceAccount: transaction.source,
    memoType: transaction.memo.type,
    memo: memoText(transaction.memo),
    payments: transaction.credits.map((credit) => ({
      from: credit.from,
      to: credit.account,
      amount: formatAmount(credit.amount, 2),
      assetCode: credit.asset.code,
      ...(credit.asset.issuer === null ? {} : { assetIssuer: credit.asset.issuer }),
    })),
  };
}
