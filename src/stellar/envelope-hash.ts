import { createHash } from 'node:crypto';
import { ENVELOPE_FEE_BUMP, ENVELOPE_V0, ENVELOPE_V1, KEY_TYPE_MUXED } from './envelope-header';
import { XdrReader, XdrUnreadable } from './xdr-reader';

/**
 * Hashes of an envelope without decoding its operations. The hash of a transaction is
 * SHA-256(networkId || tag || transaction), and the transaction is everything up to the vector of signatures, so
 * only the end of that vector has to be found. This works for operations that do not exist yet, and costs
 * microseconds, so that every credit the provider reports can be held against the bytes that were signed.
 */

const MAX_SIGNATURES = 20;
const MAX_SIGNATURE_WORDS = 16;
const TAG_BYTES = 4;
const FEE_BUMP_EXT_BYTES = 4;

const networkIds = new Map<string, Buffer>();

/** SHA-256 of the passphrase. */
export function networkId(passphrase: string): Buffer {
  const known = networkIds.get(passphrase);
  if (known !== undefined) return known;
  const id = createHash('sha256').update(passphrase, 'utf8').digest();
  networkIds.set(passphrase, id);
  return id;
}

export interface EnvelopeHashes {
  /** Lower-case hex; of the fee bump when it is one. */
  readonly outer: string;
  /** Of the transaction inside a fee bump, else null. */
  readonly inner: string | null;
}

/**
 * The hashes of `envelope` under `passphrase` when one of them is `expected` (64 lower-case hex); null when the
 * envelope is another transaction, was signed for another network or cannot be read.
 */
export function hashesMatching(envelope: Uint8Array, passphrase: string, expected: string): EnvelopeHashes | null {
  if (envelope.length < 64 || envelope.length % 4 !== 0) return null;
  const type = new DataView(envelope.buffer, envelope.byteOffset).getUint32(0);
  if (type === ENVELOPE_FEE_BUMP) return feeBumpHashes(envelope, passphrase, expected);
  if (type !== ENVELOPE_V0 && type !== ENVELOPE_V1) return null;
  const outer = ends(envelope, envelope.length)
    .map((end) => hashOfTransaction(envelope.subarray(0, end), passphrase))
    .find((hash) => hash === expected);
  return outer === undefined ? null : { outer, inner: null };
}

function feeBumpHashes(envelope: Uint8Array, passphrase: string, expected: string): EnvelopeHashes | null {
  const innerStart = innerEnvelopeStart(envelope);
  if (innerStart === null) return null;
  for (const outerEnd of ends(envelope, envelope.length)) {
    const outer = sha256(passphrase, envelope.subarray(0, outerEnd));
    for (const innerEnd of ends(envelope, outerEnd - FEE_BUMP_EXT_BYTES)) {
      if (innerEnd <= innerStart) continue;
      const inner = hashOfTransaction(envelope.subarray(innerStart, innerEnd), passphrase);
      if (outer === expected || inner === expected) return { outer, inner };
    }
  }
  return null;
}

/** Where the inner envelope of a fee bump begins: after tag, fee source and fee. */
function innerEnvelopeStart(envelope: Uint8Array): number | null {
  try {
    const reader = new XdrReader(envelope, TAG_BYTES);
    reader.opaque(reader.uint32() === KEY_TYPE_MUXED ? 40 : 32);
    reader.int64();
    const start = reader.position;
    return reader.uint32() === ENVELOPE_V1 ? start : null;
  } catch (error) {
    if (error instanceof XdrUnreadable) return null;
    throw error;
  }
}

/** A version 0 transaction is hashed as version 1: other tag, and its bare source key becomes a key of type 0. */
function hashOfTransaction(tagged: Uint8Array, passphrase: string): string {
  if (tagged[3] === ENVELOPE_V1) return sha256(passphrase, tagged);
  return sha256(
    passphrase,
    Buffer.concat([Buffer.from([0, 0, 0, ENVELOPE_V1, 0, 0, 0, 0]), tagged.subarray(TAG_BYTES)]),
  );
}

function sha256(passphrase: string, content: Uint8Array): string {
  return createHash('sha256').update(networkId(passphrase)).update(content).digest('hex');
}

/**
 * Every offset at which a vector of 0..20 decorated signatures that ends at `end` can begin. Signatures may be
 * shorter than 64 bytes (hash preimages), so the vector is walked backwards over all readings; usually one is left.
 */
function ends(bytes: Uint8Array, end: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: number[] = [];
  let starts = new Set([end]);
  for (let count = 0; count <= MAX_SIGNATURES && starts.size > 0; count++) {
    const before = new Set<number>();
    for (const start of starts) {
      if (start - 4 > TAG_BYTES && view.getUint32(start - 4) === count) found.push(start - 4);
      for (let words = 0; words <= MAX_SIGNATURE_WORDS; words++) {
        const lengthAt = start - words * 4 - 4;
        if (lengthAt - 4 > TAG_BYTES && Math.ceil(view.getUint32(lengthAt) / 4) === words) before.add(lengthAt - 4);
      }
    }
    starts = before;
  }
  return found;
}
