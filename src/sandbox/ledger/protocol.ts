/** Constants of the protocol that the sandbox plays (CAP-0015 onwards; amounts in stroops, times in seconds). */
export const PROTOCOL_VERSION = 22;
export const INT64_MAX = 9_223_372_036_854_775_807n;
export const BASE_FEE = 100n;
export const BASE_RESERVE = 5_000_000n;
export const GENESIS_COINS = 1_000_000_000_000_000_000n;
export const MAX_SUBENTRIES = 1000;
export const MAX_SIGNERS = 20;
export const MAX_OFFERS_TO_CROSS = 1000;
export const MAX_THRESHOLD = 255;
export const DEFAULT_MAX_OPERATIONS = 10_000;
/** Core refuses a transaction that would expire within two expected ledgers. */
export const EXPIRY_LOOK_AHEAD_SECONDS = 10;
/** A transaction that no ledger took leaves the queue after this many ledgers ... */
export const PENDING_DEPTH = 4;
/** ... and is not taken again for this many. */
export const BAN_DEPTH = 10;
export const REPLACE_BY_FEE_MULTIPLIER = 10n;

/** The first sequence number of an account created in `ledger`. */
export function startingSequence(ledger: number): bigint {
  return BigInt(ledger) << 32n;
}
