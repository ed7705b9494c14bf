import type { OperationBodyWire } from '../wire';
import { accountMerge } from './account-merge';
import { bumpSequence } from './bump-sequence';
import { changeTrust } from './change-trust';
import { claimClaimableBalance, clawbackClaimableBalance, createClaimableBalance } from './claimable-balance';
import { clawback } from './clawback';
import { createAccount } from './create-account';
import { manageData } from './manage-data';
import { createPassiveSellOffer, manageBuyOffer, manageSellOffer } from './offer-operations';
import { pathPaymentStrictReceive, pathPaymentStrictSend } from './path-payment';
import { payment } from './payment';
import type { OperationRule, OperationType } from './rule';
import { setOptions } from './set-options';
import { beginSponsoring, endSponsoring } from './sponsoring';
import { allowTrust, setTrustLineFlags } from './trust-flags';

const RULES: { readonly [T in OperationType]?: OperationRule<T> } = {
  0: createAccount,
  1: payment,
  2: pathPaymentStrictReceive,
  3: manageSellOffer,
  4: createPassiveSellOffer,
  5: setOptions,
  6: changeTrust,
  7: allowTrust,
  8: accountMerge,
  10: manageData,
  11: bumpSequence,
  12: manageBuyOffer,
  13: pathPaymentStrictSend,
  14: createClaimableBalance,
  15: claimClaimableBalance,
  16: beginSponsoring,
  17: endSponsoring,
  19: clawback,
  20: clawbackClaimableBalance,
  21: setTrustLineFlags,
};

/** Horizon's `type`, by number; those without a rule answer op_not_supported. */
export const OPERATION_NAMES: { readonly [T in OperationType]: string } = {
  0: 'create_account',
  1: 'payment',
  2: 'path_payment_strict_receive',
  3: 'manage_sell_offer',
  4: 'create_passive_sell_offer',
  5: 'set_options',
  6: 'change_trust',
  7: 'allow_trust',
  8: 'account_merge',
  9: 'inflation',
  10: 'manage_data',
  11: 'bump_sequence',
  12: 'manage_buy_offer',
  13: 'path_payment_strict_send',
  14: 'create_claimable_balance',
  15: 'claim_claimable_balance',
  16: 'begin_sponsoring_future_reserves',
  17: 'end_sponsoring_future_reserves',
  18: 'revoke_sponsorship',
  19: 'clawback',
  20: 'clawback_claimable_balance',
  21: 'set_trust_line_flags',
  22: 'liquidity_pool_deposit',
  23: 'liquidity_pool_withdraw',
  24: 'invoke_host_function',
  25: 'extend_footprint_ttl',
  26: 'restore_footprint',
};

/** The rule that fits the body; undefined when the sandbox has none: Soroban, pools (also trusting their shares), signed-payload signers. */
export function ruleOf(body: OperationBodyWire): OperationRule<OperationType> | undefined {
  if (body.type === 6 && body.changeTrustOp.line.type === 3) return undefined;
  if (body.type === 5 && body.setOptionsOp.signer?.key.type === 3) return undefined;
  // The key is the body's own type, so rule and body belong together; the compiler cannot follow the pairing.
  return RULES[body.type] as OperationRule<OperationType> | undefined;
}
