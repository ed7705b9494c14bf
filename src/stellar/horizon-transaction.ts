import { readEnvelopeHeader } from './envelope-header';
import { hashesMatching } from './envelope-hash';
import { accountField, hashField, instantField } from './horizon-fields';
import { countOf, isObject, JsonUnreadable, textOf, type JsonObject } from './json';
import { bytesFromBase64, memoFromHorizon, sameMemo, type Memo } from './memo';
import { resultSucceeded } from './result-code';

/** A transaction record whose facts agree with the envelope that was signed for our network. */
export interface VerifiedTransaction {
  /** Outer hash. */
  readonly hash: string;
  readonly innerHash: string | null;
  /** Applied, and for a fee bump the transaction inside it too. */
  readonly successful: boolean;
  readonly ledger: number;
  readonly closedAt: Date;
  readonly source: string;
  readonly memo: Memo;
  readonly operationCount: number;
}

/**
 * Reads a Horizon transaction and recomputes its hash from `envelope_xdr` under `passphrase`. `expectedHash` may be
 * the outer or the inner one: Horizon answers with whichever was asked for. A provider that mixes up transactions,
 * networks, memos or outcomes is caught here. Throws `JsonUnreadable`.
 */
export function readTransaction(record: JsonObject, passphrase: string, expectedHash: string): VerifiedTransaction {
  if (hashField(record['hash'], 'hash') !== expectedHash)
    throw new JsonUnreadable('another transaction than asked for');
  const envelope = bytesFromBase64(textOf(record['envelope_xdr'], 'envelope_xdr'));
  const hashes = envelope && hashesMatching(envelope, passphrase, expectedHash);
  const header = envelope && readEnvelopeHeader(envelope);
  if (!hashes || header === undefined) throw new JsonUnreadable('the envelope does not have this hash on our network');
  const bump = record['fee_bump_transaction'];
  if (isObject(bump) !== (hashes.inner !== null) || (isObject(bump) && bump['hash'] !== hashes.outer)) {
    throw new JsonUnreadable('fee_bump_transaction does not agree with the envelope');
  }
  const memo = memoFromHorizon(record['memo_type'], record['memo'], record['memo_bytes']);
  if (memo === undefined || !sameMemo(memo, header.memo))
    throw new JsonUnreadable('the memo is not the one of the envelope');
  if (accountField(record['source_account'], 'source_account') !== header.source)
    throw new JsonUnreadable('the source is not the one of the envelope');
  return {
    hash: hashes.outer,
    innerHash: hashes.inner,
    successful: readOutcome(record),
    ledger: countOf(record['ledger'], 'ledger'),
    closedAt: instantField(record['created_at'], 'created_at'),
    source: header.source,
    memo: header.memo,
    operationCount: countOf(record['operation_count'], 'operation_count'),
  };
}

/** `successful` and the result code must agree. */
function readOutcome(record: JsonObject): boolean {
  const successful = record['successful'];
  const result = resultSucceeded(textOf(record['result_xdr'], 'result_xdr'));
  if (result === null || successful !== result) throw new JsonUnreadable('successful does not agree with result_xdr');
  return result;
}
