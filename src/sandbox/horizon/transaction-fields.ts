import { FeeBumpTransaction, SignerKey, type Transaction, TransactionBuilder } from '@stellar/stellar-sdk/base';
import type { TransactionRecord } from '../history';
import { accountFields, type Json, timestamp } from './fields';

type Signed = Transaction | FeeBumpTransaction;

/** Everything of a transaction resource that does not depend on the hash it was asked by. */
export function transactionFields(record: TransactionRecord, passphrase: string): Json {
  const { transaction: applied } = record;
  const outer = TransactionBuilder.fromXDR(applied.envelopeXdr, passphrase);
  const inner = outer instanceof FeeBumpTransaction ? outer.innerTransaction : outer;
  return {
    ...memoFields(inner),
    successful: applied.successful,
    ledger: applied.ledger,
    created_at: timestamp(applied.closeTime),
    ...accountFields(inner.source, 'source_account', 'account_muxed'),
    source_account_sequence: inner.sequence,
    ...accountFields(outer instanceof FeeBumpTransaction ? outer.feeSource : inner.source, 'fee_account'),
    fee_charged: applied.feeCharged.toString(),
    max_fee: outer.fee,
    operation_count: inner.operations.length,
    envelope_xdr: applied.envelopeXdr,
    result_xdr: applied.resultXdr,
    result_meta_xdr: applied.resultMetaXdr,
    fee_meta_xdr: applied.feeMetaXdr,
    signatures: signatures(outer),
    ...preconditions(inner),
    ...(outer instanceof FeeBumpTransaction
      ? {
          fee_bump_transaction: { hash: applied.hash, signatures: signatures(outer) },
          inner_transaction: { hash: applied.innerHash, signatures: signatures(inner), max_fee: inner.fee },
        }
      : {}),
  };
}

/** Hash and return memos are base64 here; text may be any bytes, so its raw form is given beside it. */
function memoFields(transaction: Transaction): Json {
  const { type, value } = transaction.memo;
  if (value === null || value === undefined) return { memo_type: 'none' };
  if (type === 'id') return { memo_type: 'id', memo: String(value) };
  const raw = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value as Uint8Array);
  if (type !== 'text') return { memo_type: type, memo: raw.toString('base64') };
  return { memo_type: 'text', memo: raw.toString('utf8'), memo_bytes: raw.toString('base64') };
}

function signatures(transaction: Signed): string[] {
  return transaction.signatures.map(({ signature }) => Buffer.from(signature.value).toString('base64'));
}

function preconditions(transaction: Transaction): Json {
  const {
    timeBounds,
    ledgerBounds,
    minAccountSequence,
    minAccountSequenceAge,
    minAccountSequenceLedgerGap,
    extraSigners,
  } = transaction;
  const conditions: Json = {
    ...(timeBounds === undefined
      ? {}
      : {
          timebounds: {
            min_time: timeBounds.minTime,
            ...(timeBounds.maxTime === '0' ? {} : { max_time: timeBounds.maxTime }),
          },
        }),
    ...(ledgerBounds === undefined
      ? {}
      : {
          ledgerbounds: {
            min_ledger: ledgerBounds.minLedger,
            ...(ledgerBounds.maxLedger === 0 ? {} : { max_ledger: ledgerBounds.maxLedger }),
          },
        }),
    ...(minAccountSequence === undefined ? {} : { min_account_sequence: minAccountSequence }),
    ...(minAccountSequenceAge === undefined || minAccountSequenceAge === 0n
      ? {}
      : { min_account_sequence_age: minAccountSequenceAge.toString() }),
    ...(minAccountSequenceLedgerGap === undefined || minAccountSequenceLedgerGap === 0
      ? {}
      : { min_account_sequence_ledger_gap: minAccountSequenceLedgerGap }),
    ...(extraSigners === undefined || extraSigners.length === 0
      ? {}
      : { extra_signers: extraSigners.map((signer) => SignerKey.encodeSignerKey(signer)) }),
  };
  return Object.keys(conditions).length === 0 ? {} : { preconditions: conditions };
}
