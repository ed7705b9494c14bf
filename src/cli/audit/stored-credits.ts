import { amountOf, type Asset, NATIVE } from '../../common/money';
import type { AppliedOperation, AppliedTransaction, ClosedLedger } from '../../sandbox/ledger/contract';
import { toid } from '../../sandbox/toid';
import { parseMuxed } from '../../stellar/address';
import { readEnvelopeHeader } from '../../stellar/envelope-header';
import type { Credit, CreditKind } from '../../stellar/ledger-source';
import { NO_MEMO } from '../../stellar/memo';

/** Operations that are payments, with the members that name receiver and sender. */
const KINDS: Readonly<Record<string, { kind: CreditKind; receiver: string; sender: string }>> = {
  payment: { kind: 'payment', receiver: 'to', sender: 'from' },
  path_payment_strict_receive: { kind: 'path_payment', receiver: 'to', sender: 'from' },
  path_payment_strict_send: { kind: 'path_payment', receiver: 'to', sender: 'from' },
  create_account: { kind: 'create_account', receiver: 'account', sender: 'funder' },
  account_merge: { kind: 'account_merge', receiver: 'into', sender: 'account' },
};

/**
 * Every payment that a stored sandbox ledger holds. Amounts and assets come from the effects, not from the payments
 * feed that the service reads: what is compared shall not have gone through the same code.
 */
export function creditsOf(ledger: ClosedLedger): Credit[] {
  return ledger.transactions
    .filter(({ successful }) => successful)
    .flatMap((transaction) => transaction.operations.flatMap((operation) => creditOf(transaction, operation) ?? []));
}

function creditOf(transaction: AppliedTransaction, operation: AppliedOperation): Credit | undefined {
  const known = KINDS[operation.type];
  if (known === undefined) return undefined;
  const account = String(operation.details[known.receiver]);
  const effect = operation.effects.find(
    (each) => each.account === account && (each.type === 'account_credited' || each.type === 'account_created'),
  );
  const amount =
    effect === undefined
      ? 0n
      : amountOf(String(effect.details[effect.type === 'account_created' ? 'starting_balance' : 'amount']));
  if (effect === undefined || amount === 0n) return undefined;
  const muxed = operation.details[`${known.receiver}_muxed`];
  return {
    operationId: toid(transaction.ledger, transaction.order, operation.index),
    index: 0,
    kind: known.kind,
    account,
    muxedId: typeof muxed === 'string' ? (parseMuxed(muxed)?.id ?? null) : null,
    from: String(operation.details[known.sender]),
    asset: assetOf(effect.details),
    amount,
    memo: readEnvelopeHeader(Buffer.from(transaction.envelopeXdr, 'base64'))?.memo ?? NO_MEMO,
    transactionHash: transaction.hash,
    ledger: transaction.ledger,
    closedAt: new Date(transaction.closeTime * 1000),
  };
}

function assetOf(details: Readonly<Record<string, unknown>>): Asset {
  const code = details['asset_code'];
  return typeof code === 'string' ? { code, issuer: String(details['asset_issuer']) } : NATIVE;
}
