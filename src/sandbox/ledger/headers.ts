import { createHash } from 'node:crypto';
import { LedgerHeader as LedgerHeaderXdr } from '@stellar/stellar-sdk/xdr';

import type { AppliedTransaction, LedgerHeader } from './contract';
import { BASE_FEE, BASE_RESERVE, GENESIS_COINS, PROTOCOL_VERSION } from './protocol';
import { hexOf, type WireOf } from './wire';

type HeaderWire = WireOf<typeof LedgerHeaderXdr>;

export interface LedgerContent {
  readonly closeTime: number;
  readonly feePool: bigint;
  readonly idPool: bigint;
  readonly maxOperations: number;
  readonly transactions: readonly AppliedTransaction[];
  /** JSON of the changed entries: stands in for the bucket list, whose hash commits to the state. */
  readonly changes: string;
}

/** Builds the next header of the chain; its hash is sha256 of its XDR, as on the real network. */
export function nextHeader(previous: LedgerHeader | undefined, content: LedgerContent): LedgerHeader {
  const previousHash = previous === undefined ? new Uint8Array(32) : Buffer.from(previous.hash, 'hex');
  const previousState = previous === undefined ? new Uint8Array(32) : decodeHeader(previous.headerXdr).bucketListHash;
  const { transactions } = content;
  const wire: HeaderWire = {
    ledgerVersion: PROTOCOL_VERSION,
    previousLedgerHash: new Uint8Array(previousHash),
    scpValue: {
      txSetHash: sha256(previousHash, ...transactions.map(({ envelopeXdr }) => Buffer.from(envelopeXdr, 'base64'))),
      closeTime: BigInt(content.closeTime),
      upgrades: [],
      ext: { v: 0 },
    },
    txSetResultHash: resultSetHash(transactions),
    bucketListHash: sha256(previousState, Buffer.from(content.changes)),
    ledgerSeq: (previous?.sequence ?? 0) + 1,
    totalCoins: GENESIS_COINS,
    feePool: content.feePool,
    inflationSeq: 0,
    idPool: content.idPool,
    baseFee: Number(BASE_FEE),
    baseReserve: Number(BASE_RESERVE),
    maxTxSetSize: content.maxOperations,
    skipList: Array.from({ length: 4 }, () => new Uint8Array(32)),
    ext: { v: 0 },
  };
  const bytes = LedgerHeaderXdr.schema.encode(wire);
  const successful = transactions.filter((transaction) => transaction.successful);
  return {
    sequence: wire.ledgerSeq,
    hash: hexOf(sha256(bytes)),
    previousHash: hexOf(wire.previousLedgerHash),
    closeTime: content.closeTime,
    successfulTransactions: successful.length,
    failedTransactions: transactions.length - successful.length,
    operations: countOperations(successful),
    operationsInSet: countOperations(transactions),
    totalCoins: GENESIS_COINS,
    feePool: content.feePool,
    headerXdr: Buffer.from(bytes).toString('base64'),
  };
}

export function decodeHeader(headerXdr: string): HeaderWire {
  return LedgerHeaderXdr.schema.decode(Buffer.from(headerXdr, 'base64'));
}

/** sha256 of TransactionResultSet: the count, then each outer hash with its result. */
function resultSetHash(transactions: readonly AppliedTransaction[]): Uint8Array {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(transactions.length);
  return sha256(
    count,
    ...transactions.flatMap(({ hash, resultXdr }) => [Buffer.from(hash, 'hex'), Buffer.from(resultXdr, 'base64')]),
  );
}

function countOperations(transactions: readonly AppliedTransaction[]): number {
  return transactions.reduce((sum, { operations }) => sum + operations.length, 0);
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
