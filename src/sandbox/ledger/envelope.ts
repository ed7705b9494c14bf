import { createHash } from 'node:crypto';
import { decodeBytes, Transaction, TransactionEnvelope, type XdrType } from '@stellar/stellar-sdk/xdr';

import {
  type EnvelopeWire,
  hexOf,
  type OperationBodyWire,
  type Party,
  partyOf,
  type SignatureWire,
  type SignerKeyWire,
  type TransactionWire,
} from './wire';

/** The text is not a transaction envelope. */
export class MalformedEnvelope extends Error {
  constructor(reason: string) {
    super(`malformed envelope: ${reason}`);
    this.name = 'MalformedEnvelope';
  }
}

export interface LedgerOperation {
  readonly source: Party;
  readonly namesSource: boolean;
  readonly body: OperationBodyWire;
}

export interface Conditions {
  readonly minTime: bigint;
  /** 0: none. */
  readonly maxTime: bigint;
  readonly minLedger: number;
  readonly maxLedger: number;
  readonly minSequence: bigint | null;
  readonly minSequenceAge: bigint;
  readonly minSequenceLedgerGap: number;
  readonly extraSigners: readonly SignerKeyWire[];
}

export interface FeeBump {
  readonly source: Party;
  readonly fee: bigint;
  readonly hash: Uint8Array;
  readonly signatures: readonly SignatureWire[];
}

export interface LedgerTransaction {
  /** As it goes into history; a version 0 envelope is rewritten to version 1 as core does on arrival. */
  readonly envelopeXdr: string;
  /** What the network calls the transaction: the fee bump's hash when there is one. */
  readonly hash: string;
  readonly innerHash: string | null;
  readonly source: Party;
  readonly sequence: bigint;
  readonly fee: bigint;
  readonly conditions: Conditions;
  readonly operations: readonly LedgerOperation[];
  /** Signed by `signatures`: the inner hash. */
  readonly contentHash: Uint8Array;
  readonly signatures: readonly SignatureWire[];
  readonly feeBump: FeeBump | null;
  /** Known results of signature checks. */
  readonly verdicts: Map<string, boolean>;
}

const ENVELOPE_SCHEMA: XdrType<EnvelopeWire> = TransactionEnvelope.schema;
const TRANSACTION_SCHEMA: XdrType<TransactionWire> = Transaction.schema;
const TAG_TRANSACTION = Uint8Array.of(0, 0, 0, 2);

/** Throws `MalformedEnvelope`. `networkId` is sha256 of the passphrase. */
export function readEnvelope(envelopeXdr: string, networkId: Uint8Array): LedgerTransaction {
  const bytes = base64Bytes(envelopeXdr);
  const wire = toVersion1(decode(bytes));
  if (wire.type === 2) {
    const xdr = Buffer.from(wire.rewritten ?? bytes).toString('base64');
    const contentHash = hashOf(networkId, TAG_TRANSACTION, TRANSACTION_SCHEMA.encode(wire.v1.tx));
    return transaction(xdr, wire.v1.tx, wire.v1.signatures, contentHash, null);
  }
  const { tx, signatures } = wire.feeBump;
  const inner = tx.innerTx.v1;
  const contentHash = hashOf(networkId, TAG_TRANSACTION, TRANSACTION_SCHEMA.encode(inner.tx));
  const hash = hashOf(networkId, bytes.subarray(0, bytes.length - signaturesSize(signatures)));
  const feeBump: FeeBump = { source: partyOf(tx.feeSource), fee: tx.fee, hash, signatures };
  return transaction(Buffer.from(bytes).toString('base64'), inner.tx, inner.signatures, contentHash, feeBump);
}

function transaction(
  envelopeXdr: string,
  tx: TransactionWire,
  signatures: readonly SignatureWire[],
  contentHash: Uint8Array,
  feeBump: FeeBump | null,
): LedgerTransaction {
  const source = partyOf(tx.sourceAccount);
  return {
    envelopeXdr,
    hash: hexOf(feeBump?.hash ?? contentHash),
    innerHash: feeBump === null ? null : hexOf(contentHash),
    source,
    sequence: tx.seqNum,
    fee: BigInt(tx.fee),
    conditions: conditionsOf(tx),
    operations: tx.operations.map(({ sourceAccount, body }) => ({
      source: sourceAccount === null ? source : partyOf(sourceAccount),
      namesSource: sourceAccount !== null,
      body,
    })),
    contentHash,
    signatures,
    feeBump,
    verdicts: new Map(),
  };
}

function conditionsOf({ cond }: TransactionWire): Conditions {
  const v2 = cond.type === 2 ? cond.v2 : null;
  const times = cond.type === 1 ? cond.timeBounds : v2?.timeBounds;
  return {
    minTime: times?.minTime ?? 0n,
    maxTime: times?.maxTime ?? 0n,
    minLedger: v2?.ledgerBounds?.minLedger ?? 0,
    maxLedger: v2?.ledgerBounds?.maxLedger ?? 0,
    minSequence: v2?.minSeqNum ?? null,
    minSequenceAge: v2?.minSeqAge ?? 0n,
    minSequenceLedgerGap: v2?.minSeqLedgerGap ?? 0,
    extraSigners: v2?.extraSigners ?? [],
  };
}

type Version1 = Exclude<EnvelopeWire, { type: 0 }> & { rewritten?: Uint8Array };

/** Version 0 is version 1 without muxed source and with time bounds only; both are hashed and signed alike. */
function toVersion1(wire: EnvelopeWire): Version1 {
  if (wire.type !== 0) return wire;
  const { sourceAccountEd25519, timeBounds, ext: _, ...rest } = wire.v0.tx;
  const tx: TransactionWire = {
    ...rest,
    sourceAccount: { type: 0, ed25519: sourceAccountEd25519 },
    cond: timeBounds === null ? { type: 0 } : { type: 1, timeBounds },
    ext: { v: 0 },
  };
  const converted = { type: 2 as const, v1: { tx, signatures: wire.v0.signatures } };
  return { ...converted, rewritten: ENVELOPE_SCHEMA.encode(converted) };
}

function base64Bytes(text: string): Uint8Array {
  try {
    return decodeBytes(text, 'base64');
  } catch (error) {
    throw new MalformedEnvelope(error instanceof Error ? error.message : 'not base64');
  }
}

function decode(bytes: Uint8Array): EnvelopeWire {
  try {
    return ENVELOPE_SCHEMA.decode(bytes);
  } catch (error) {
    throw new MalformedEnvelope(error instanceof Error ? error.message : 'not an envelope');
  }
}

/** The envelope ends with its signatures; what stands before them is what is signed. */
function signaturesSize(signatures: readonly SignatureWire[]): number {
  return signatures.reduce((size, { signature }) => size + 8 + 4 * Math.ceil(signature.length / 4), 4);
}

function hashOf(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
