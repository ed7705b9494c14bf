import type { AppliedTransaction, ResultCodes } from './ledger/contract';
import { readEnvelope } from './ledger/envelope';

export { MalformedEnvelope } from './ledger/envelope';

/** What became of a transaction that was handed over. */
export type SubmissionOutcome =
  | { readonly kind: 'applied'; readonly transaction: AppliedTransaction }
  | { readonly kind: 'refused'; readonly resultXdr: string; readonly resultCodes: ResultCodes }
  | { readonly kind: 'timeout'; readonly hash: string };

/** What the surface needs of an envelope without knowing its operations. */
export interface EnvelopeSummary {
  /** Lower-case hex; a fee bump's own hash, not its inner one. */
  readonly hash: string;
  /** G address whose sequence number it uses. */
  readonly source: string;
  readonly sequence: bigint;
  /** Stroops bid per operation, a fee bump counting as one more. */
  readonly feePerOperation: bigint;
}

/** Throws `MalformedEnvelope`. `networkId` is SHA-256 of the passphrase. */
export function summarise(envelopeXdr: string, networkId: Uint8Array): EnvelopeSummary {
  const { hash, source, sequence, fee, feeBump, operations } = readEnvelope(envelopeXdr, networkId);
  const counted = operations.length + (feeBump === null ? 0 : 1);
  return {
    hash,
    source: source.account,
    sequence,
    feePerOperation: (feeBump?.fee ?? fee) / BigInt(Math.max(counted, 1)),
  };
}
