import { FeeBumpTransaction, TransactionBuilder, type Transaction } from '@stellar/stellar-sdk/base';
import type { AppliedTransaction, ResultCodes } from './ledger/contract';

/** What became of a transaction that was handed over. */
export type SubmissionOutcome =
  | { readonly kind: 'applied'; readonly transaction: AppliedTransaction }
  | { readonly kind: 'refused'; readonly resultXdr: string; readonly resultCodes: ResultCodes }
  | { readonly kind: 'timeout'; readonly hash: string };

/** The text is not the base64 XDR of a transaction envelope this network can read. */
export class UnreadableEnvelope extends Error {
  constructor(options?: ErrorOptions) {
    super('the envelope cannot be decoded', options);
    this.name = 'UnreadableEnvelope';
  }
}

export interface ReadEnvelope {
  readonly transaction: Transaction | FeeBumpTransaction;
  /** Outer hash, lower-case hex. */
  readonly hash: string;
  /** Stroops bid per operation, as surge pricing compares them. */
  readonly feePerOperation: bigint;
}

/** Throws `UnreadableEnvelope`. */
export function parseEnvelope(envelopeXdr: string, passphrase: string): Transaction | FeeBumpTransaction {
  try {
    return TransactionBuilder.fromXDR(envelopeXdr, passphrase);
  } catch (error) {
    throw new UnreadableEnvelope({ cause: error });
  }
}

/** Throws `UnreadableEnvelope`. Costs a hash more than `parseEnvelope`. */
export function readEnvelope(envelopeXdr: string, passphrase: string): ReadEnvelope {
  const transaction = parseEnvelope(envelopeXdr, passphrase);
  return { transaction, hash: Buffer.from(transaction.hash()).toString('hex'), feePerOperation: feePerOperation(transaction) };
}

/** Stroops bid per operation, a fee bump counting as one more. */
export function feePerOperation(transaction: Transaction | FeeBumpTransaction): bigint {
  const bumped = transaction instanceof FeeBumpTransaction;
  const operations = bumped ? transaction.innerTransaction.operations.length + 1 : transaction.operations.length;
  return BigInt(transaction.fee) / BigInt(Math.max(operations, 1));
}
