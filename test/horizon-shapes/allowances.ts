import type { Allowance } from './shape';

const TRANSACTION: Allowance = {
  optional: ['preconditions', 'result_meta_xdr'],
  extra: [
    'preconditions',
    'memo',
    'memo_bytes',
    'fee_bump_transaction',
    'inner_transaction',
    'account_muxed',
    'fee_account_muxed',
  ],
};

/**
 * Where the sandbox may differ from the captured samples without being wrong: members Go leaves out when empty,
 * members younger than the capture.
 */
export const ALLOWANCES: Readonly<Record<string, Allowance>> = {
  root: { extra: ['_links.friendbot'] },
  // The genesis ledger has no predecessor.
  ledger: { optional: ['prev_hash'] },
  account: {
    optional: ['inflation_destination', 'home_domain', 'last_modified_time'],
    extra: ['sponsor', 'balances[].is_clawback_enabled'],
  },
  transaction: TRANSACTION,
  trade: { optional: ['price'], extra: ['price'] },
  'operation:set_options': {
    optional: [
      'inflation_dest',
      'master_key_weight',
      'set_flags',
      'set_flags_s',
      'clear_flags',
      'clear_flags_s',
      'home_domain',
      'signer_key',
      'signer_weight',
      'low_threshold',
      'med_threshold',
      'high_threshold',
    ],
  },
  'operation:set_trust_line_flags': { optional: ['clear_flags', 'clear_flags_s', 'set_flags', 'set_flags_s'] },
  // Only the flags that changed are told.
  'effect:account_flags_updated': { optional: ['auth_required_flag', 'auth_revokable_flag'] },
  'effect:trustline_flags_updated': {
    optional: ['authorized_flag', 'authorized_to_maintain_liabilites_flag', 'clawback_enabled_flag'],
  },
  'effect:signer_created': { optional: ['key'] },
  'effect:signer_updated': { optional: ['key'] },
  'problem:bad_request': { extra: ['extras'] },
  'problem:transaction_failed': {
    optional: ['extras.result_codes.operations', 'extras.result_codes.inner_transaction'],
  },
};
