import type { OperationRecord, Asset as SdkAsset } from '@stellar/stellar-sdk/base';
import { DEFAULT_PASSPHRASES } from '../common/network';
import { NATIVE, parseAmount, type Amount, type Asset } from '../common/money';
import { parseDestination } from './address';
import { hashHex, readEnvelope, signaturesBy, type Envelope } from './envelope';
import { networkId } from './envelope-hash';
import type { Memo } from './memo';
import { createHash } from 'node:crypto';

/** One operation in the words of Horizon; members that the type does not have are null. */
export interface OperationFacts {
  /** Horizon's name: `payment`, `create_account`, ... */
  readonly type: string;
  /** G or M address when the operation names another source than the transaction. */
  readonly source: string | null;
  /** G...; a muxed one is split. */
  readonly destination: string | null;
  readonly muxedId: bigint | null;
  /** What arrives, and how much of it at least. */
  readonly asset: Asset | null;
  readonly amount: Amount | null;
  /** What it is exchanged from; only a path payment with strict receive has it. */
  readonly exchange: ExchangeFacts | null;
}

/** How a path payment gets from one asset to another. */
export interface ExchangeFacts {
  /** What leaves the sender. */
  readonly asset: Asset;
  /** At most how much of it (`sendMax`). */
  readonly maxAmount: Amount | null;
  /** Assets between, in order. */
  readonly path: readonly Asset[];
}

/** What a signed envelope says, read without asking the network. */
export interface PaymentFacts {
  /** G... */
  readonly source: string;
  /** G or M address that pays for a fee bump, else null. */
  readonly feeSource: string | null;
  readonly sequence: bigint;
  readonly operations: readonly OperationFacts[];
  readonly memo: Memo;
  readonly minTime: bigint;
  /** Seconds since 1970; null when it never expires. */
  readonly maxTime: bigint | null;
  /** Ledger bounds, sequence conditions or extra signers: nothing a wallet adds to a payment. */
  readonly otherPreconditions: boolean;
  /** Outer hash. */
  readonly hash: string;
  readonly innerHash: string | null;
  /** The source's master key signed it for the network it is checked against. */
  readonly signedBySource: boolean;
  /** Passphrase of the network the source signed for, if it is ours or a known one; null when unsigned or unknown. */
  readonly signedFor: string | null;
}

/**
 * Reads an envelope of at most 50 KiB of base64; a fee bump is judged by the transaction inside. `known` are passphrases to
 * try when the signature is not for `passphrase`. Throws `EnvelopeUnreadable`.
 */
export function inspectPayment(
  envelopeXdr: string,
  passphrase: string,
  known: readonly string[] = Object.values(DEFAULT_PASSPHRASES),
): PaymentFacts {
  const envelope = readEnvelope(envelopeXdr, passphrase);
  const { header, transaction, feeBump } = envelope;
  const signedFor = [passphrase, ...known].find((each) => signedUnder(envelope, each)) ?? null;
  return {
    source: header.source,
    feeSource: feeBump?.feeSource ?? null,
    sequence: header.sequence,
    operations: transaction.operations.map(factsOf),
    memo: header.memo,
    minTime: BigInt(transaction.timeBounds?.minTime ?? 0),
    maxTime: header.maxTime === 0n ? null : header.maxTime,
    otherPreconditions: hasOtherPreconditions(envelope),
    hash: envelope.hash,
    innerHash: feeBump === null ? null : hashHex(transaction),
    signedBySource: signedFor === passphrase,
    signedFor,
  };
}

/** The hash is over network id and content; for another network only the first 32 bytes change. */
function signedUnder(envelope: Envelope, passphrase: string): boolean {
  const content = envelope.transaction.signatureBase().subarray(32);
  const hash = createHash('sha256').update(networkId(passphrase)).update(content).digest();
  return signaturesBy(envelope.header.source, hash, envelope.transaction).length > 0;
}

function hasOtherPreconditions({ transaction }: Envelope): boolean {
  return (
    transaction.ledgerBounds !== undefined ||
    transaction.minAccountSequence !== undefined ||
    (transaction.minAccountSequenceAge ?? 0n) !== 0n ||
    (transaction.minAccountSequenceLedgerGap ?? 0) !== 0 ||
    (transaction.extraSigners ?? []).length > 0
  );
}

function factsOf(operation: OperationRecord): OperationFacts {
  const type = operation.type.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const base = { type, source: operation.source ?? null, exchange: null };
  switch (operation.type) {
    case 'payment':
      return {
        ...base,
        ...receiver(operation.destination),
        asset: assetOf(operation.asset),
        amount: amountIn(operation.amount),
      };
    case 'createAccount':
      return {
        ...base,
        ...receiver(operation.destination),
        asset: NATIVE,
        amount: amountIn(operation.startingBalance),
      };
    case 'pathPaymentStrictReceive':
      return {
        ...base,
        ...receiver(operation.destination),
        asset: assetOf(operation.destAsset),
        amount: amountIn(operation.destAmount),
        exchange: {
          asset: assetOf(operation.sendAsset),
          maxAmount: amountIn(operation.sendMax),
          path: operation.path.map(assetOf),
        },
      };
    case 'pathPaymentStrictSend':
      return {
        ...base,
        ...receiver(operation.destination),
        asset: assetOf(operation.destAsset),
        amount: amountIn(operation.destMin),
      };
    default:
      return { ...base, destination: null, muxedId: null, asset: null, amount: null };
  }
}

function receiver(address: string): Pick<OperationFacts, 'destination' | 'muxedId'> {
  const parsed = parseDestination(address);
  return { destination: parsed?.account ?? null, muxedId: parsed?.muxedId ?? null };
}

function assetOf(asset: SdkAsset): Asset {
  return asset.isNative() ? NATIVE : { code: asset.getCode(), issuer: asset.getIssuer() ?? '' };
}

/** XDR can hold a negative amount, which is invalid. */
function amountIn(text: string): Amount | null {
  return parseAmount(text)?.amount ?? null;
}
