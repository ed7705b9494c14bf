import { DomainError } from '../common/errors';
import type { SubmitOutcome } from '../stellar/ledger-source';

/** The sentences of the published API, most specific first: the operation's code, then the transaction's. */
const REFUSALS: Readonly<Record<string, string>> = {
  op_underfunded: 'Insufficient balance. Make sure the wallet has enough XLM for amount, reserve, and fees.',
  tx_insufficient_balance: 'Insufficient balance. Make sure the wallet has enough XLM for amount, reserve, and fees.',
  op_src_no_trust: 'Your wallet does not have a trustline for this asset. Please add a trustline in your wallet.',
  op_no_trust: 'The recipient wallet does not have a trustline for this asset yet. Ask the merchant to add it.',
  op_no_destination: 'Recipient wallet is not activated on this network. It must be funded first.',
  op_line_full: 'The recipient wallet cannot receive more of this asset (limit reached).',
  op_low_reserve: 'Insufficient reserve in the sending wallet. Keep extra XLM above the minimum account reserve.',
  op_no_issuer: 'Asset issuer account was not found on this network.',
  op_already_exists: 'The recipient wallet is already activated. Please create a new payment and try again.',
  op_over_source_max: 'The price moved above the maximum you agreed to. Please create a new payment and try again.',
  op_too_few_offers: 'There is not enough of this asset on the market for the exchange. Pay with another asset.',
  tx_bad_seq: 'Transaction sequence error. Please try again.',
  tx_too_late: 'The transaction timed out. Please create a new payment and try again.',
  tx_insufficient_fee: 'Transaction fee was too low. Please try again.',
  tx_bad_auth: 'Transaction authorization failed. Please reconnect your wallet and sign again.',
  tx_no_source_account: 'Sender wallet is not activated on this network. It must be funded first.',
};

/** A path payment takes another asset from the payer than the invoice asks for: the sentence names it. */
const PATH_REFUSALS: Readonly<Record<string, (given: string) => string>> = {
  op_underfunded: (given) =>
    `Insufficient balance. Make sure the wallet has enough ${given} for what the payment costs now, or pay with another asset.`,
  op_src_no_trust: (given) =>
    `Your wallet does not have a trustline for ${given}. Please add a trustline in your wallet, or pay with another asset.`,
  op_src_not_authorized: (given) => `Your wallet is not authorized to send ${given}. Pay with another asset.`,
  op_cross_self: () =>
    'The exchange would take an offer of your own wallet. Cancel that offer, or pay with another asset.',
};

/** The payer's error when the network did not take the payment. `given`: code of the asset that a path payment takes, else null. Pure. */
export function refusal(outcome: Exclude<SubmitOutcome, { kind: 'applied' }>, given: string | null): DomainError {
  if (outcome.kind === 'busy') return new DomainError('ledger_busy', { retryAfterSeconds: outcome.retryAfterSeconds });
  if (outcome.kind === 'unknown') return new DomainError('ledger_unavailable', { retryAfterSeconds: 5 });
  const codes = [...outcome.operationCodes, outcome.transactionCode].filter(
    (code) => code !== 'op_success' && code !== 'tx_failed',
  );
  const known = codes
    .map((code) => (given === null ? undefined : PATH_REFUSALS[code]?.(given)) ?? REFUSALS[code])
    .find((text) => text !== undefined);
  return new DomainError('transaction_refused', {
    detail: known ?? `Payment processing failed. Please try again. (${codes.join(', ') || outcome.transactionCode})`,
  });
}
