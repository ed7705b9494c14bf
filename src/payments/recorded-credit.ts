import type { Credit, CreditKind, CreditMemo } from '../stellar/ledger-source';
import type { RecordedPayment } from './recorded-payment';

/** The credit that was recorded, to be judged once more. Pure. */
export function creditOf(payment: RecordedPayment): Credit {
  const {
    operationId,
    changeIndex,
    account,
    muxedId,
    fromAddress,
    assetCode,
    assetIssuer,
    amount,
    memoType,
    memo,
    transactionHash,
    ledger,
    closedAt,
  } = payment;
  return {
    operationId,
    index: changeIndex,
    kind: payment.kind as CreditKind,
    account,
    muxedId: muxedId === null ? null : BigInt(muxedId),
    from: fromAddress,
    asset: { code: assetCode, issuer: assetIssuer },
    amount,
    memo: { type: memoType as CreditMemo['type'], bytes: memo },
    transactionHash,
    ledger,
    closedAt,
  };
}
