import { OPERATION_CODES, type OuterCode } from './refusal';
import type { OperationResultWire } from './wire';

/** XDR's TransactionResultCode, with Horizon's spelling. */
export const TRANSACTION_CODES = {
  tx_fee_bump_inner_success: 1,
  tx_success: 0,
  tx_failed: -1,
  tx_too_early: -2,
  tx_too_late: -3,
  tx_missing_operation: -4,
  tx_bad_seq: -5,
  tx_bad_auth: -6,
  tx_insufficient_balance: -7,
  tx_no_source_account: -8,
  tx_insufficient_fee: -9,
  tx_bad_auth_extra: -10,
  tx_not_supported: -12,
  tx_fee_bump_inner_failed: -13,
  tx_bad_sponsorship: -14,
  tx_bad_minseq_age_or_gap: -15,
  tx_malformed: -16,
} as const;

export type TransactionCode = keyof typeof TRANSACTION_CODES;

const OUTER_NAMES: Record<OuterCode, string> = {
  opBadAuth: 'op_bad_auth',
  opNoAccount: 'op_no_source_account',
  opNotSupported: 'op_not_supported',
  opTooManySubentries: 'op_too_many_subentries',
  opExceededWorkLimit: 'op_exceeded_work_limit',
  opTooManySponsoring: 'op_too_many_sponsoring',
};

const PAYMENT = [
  'op_malformed',
  'op_underfunded',
  'op_src_no_trust',
  'op_src_not_authorized',
  'op_no_destination',
  'op_no_trust',
  'op_not_authorized',
  'op_line_full',
  'op_no_issuer',
];

/** Two of them really lack the prefix in Horizon. */
const OFFER = [
  'op_malformed',
  'op_sell_no_trust',
  'op_buy_no_trust',
  'sell_not_authorized',
  'buy_not_authorized',
  'op_line_full',
  'op_underfunded',
  'op_cross_self',
  'op_sell_no_issuer',
  'buy_no_issuer',
  'op_offer_not_found',
  'op_low_reserve',
];

/** By operation type: the names of -1, -2, ... */
const OPERATION_CODE_NAMES: Readonly<Record<number, readonly string[]>> = {
  0: ['op_malformed', 'op_underfunded', 'op_low_reserve', 'op_already_exists'],
  1: PAYMENT,
  2: [...PAYMENT, 'op_too_few_offers', 'op_cross_self', 'op_over_source_max'],
  3: OFFER,
  4: OFFER,
  5: [
    'op_low_reserve',
    'op_too_many_signers',
    'op_bad_flags',
    'op_invalid_inflation',
    'op_cant_change',
    'op_unknown_flag',
    'op_threshold_out_of_range',
    'op_bad_signer',
    'op_invalid_home_domain',
    'op_auth_revocable_required',
  ],
  6: [
    'op_malformed',
    'op_no_issuer',
    'op_invalid_limit',
    'op_low_reserve',
    'op_self_not_allowed',
    'op_trust_line_missing',
    'op_cannot_delete',
    'op_not_aut_maintain_liabilities',
  ],
  7: ['op_malformed', 'op_no_trust', 'op_not_required', 'op_cant_revoke', 'op_self_not_allowed', 'op_low_reserve'],
  8: [
    'op_malformed',
    'op_no_account',
    'op_immutable_set',
    'op_has_sub_entries',
    'op_seq_num_too_far',
    'op_dest_full',
    'op_is_sponsor',
  ],
  10: ['op_not_supported_yet', 'op_data_name_not_found', 'op_low_reserve', 'op_data_invalid_name'],
  11: ['op_bad_seq'],
  12: OFFER,
  13: [...PAYMENT, 'op_too_few_offers', 'op_cross_self', 'op_under_dest_min'],
  14: ['op_malformed', 'op_low_reserve', 'op_no_trust', 'op_not_authorized', 'op_underfunded'],
  15: ['op_does_not_exist', 'op_cannot_claim', 'op_line_full', 'op_no_trust', 'op_not_authorized'],
  16: ['op_malformed', 'op_already_sponsored', 'op_recursive'],
  17: ['op_not_sponsored'],
  19: ['op_malformed', 'op_not_clawback_enabled', 'op_no_trust', 'op_underfunded'],
  20: ['op_does_not_exist', 'op_no_issuer', 'op_not_clawback_enabled'],
  21: ['op_malformed', 'op_no_trust', 'op_cant_revoke', 'op_invalid_state', 'op_low_reserve'],
};

/** Horizon's spelling of one operation's result. */
export function operationCodeName(result: OperationResultWire): string {
  if (result.code !== 0) {
    const outer = Object.entries(OPERATION_CODES).find(([, code]) => code === result.code);
    return OUTER_NAMES[outer?.[0] as OuterCode];
  }
  const [, inner] = Object.values(result.tr) as [number, { readonly code: number }];
  if (inner.code === 0) return 'op_success';
  const name = OPERATION_CODE_NAMES[result.tr.type]?.[-inner.code - 1];
  if (name === undefined) throw new Error(`no name for code ${inner.code} of operation type ${result.tr.type}`);
  return name;
}
