import { accountAddress } from './address';
import type { Memo } from './memo';
import { XdrReader, XdrUnreadable } from './xdr-reader';

/** What stands before the operations of a transaction; of the inner one when the envelope is a fee bump. */
export interface EnvelopeHeader {
  /** G address; the id of a muxed source is dropped. */
  readonly source: string;
  readonly sequence: bigint;
  readonly memo: Memo;
  /** Seconds since 1970; 0 when the transaction never expires. */
  readonly maxTime: bigint;
}

/** EnvelopeType and CryptoKeyType of Stellar's XDR. */
export const ENVELOPE_V0 = 0;
export const ENVELOPE_V1 = 2;
export const ENVELOPE_FEE_BUMP = 5;
export const KEY_TYPE_MUXED = 0x100;
const KEY_TYPE_ED25519 = 0;
const SIGNER_SIGNED_PAYLOAD = 3;

/** Reads the head of an envelope of any version; undefined for other bytes. */
export function readEnvelopeHeader(envelope: Uint8Array): EnvelopeHeader | undefined {
  try {
    return readHeader(new XdrReader(envelope));
  } catch (error) {
    if (error instanceof XdrUnreadable) return undefined;
    throw error;
  }
}

function readHeader(reader: XdrReader): EnvelopeHeader {
  let version = reader.uint32();
  if (version === ENVELOPE_FEE_BUMP) {
    readSource(reader);
    reader.int64();
    version = reader.uint32();
    if (version !== ENVELOPE_V1) throw new XdrUnreadable(`fee bump around envelope type ${version}`);
  }
  if (version !== ENVELOPE_V0 && version !== ENVELOPE_V1) throw new XdrUnreadable(`envelope type ${version}`);
  const source = version === ENVELOPE_V0 ? accountAddress(reader.opaque(32)) : readSource(reader);
  reader.uint32();
  const sequence = reader.int64();
  const maxTime = readPreconditions(reader);
  return { source, sequence, maxTime, memo: readMemo(reader) };
}

function readSource(reader: XdrReader): string {
  const type = reader.uint32();
  if (type === KEY_TYPE_MUXED) reader.uint64();
  else if (type !== KEY_TYPE_ED25519) throw new XdrUnreadable(`source of key type ${type}`);
  return accountAddress(reader.opaque(32));
}

/** Preconditions (CAP-21): none, time bounds, or the second version; of all of them only maxTime is wanted. */
function readPreconditions(reader: XdrReader): bigint {
  const type = reader.uint32();
  if (type === 0) return 0n;
  if (type === 1) return readMaxTime(reader);
  if (type !== 2) throw new XdrUnreadable(`preconditions of type ${type}`);
  const maxTime = reader.present() ? readMaxTime(reader) : 0n;
  if (reader.present()) reader.opaque(8);
  if (reader.present()) reader.opaque(8);
  reader.opaque(12);
  const signers = reader.uint32();
  if (signers > 2) throw new XdrUnreadable(`${signers} extra signers`);
  for (let index = 0; index < signers; index++) {
    const isPayload = reader.uint32() === SIGNER_SIGNED_PAYLOAD;
    reader.opaque(32);
    if (isPayload) reader.variable(64);
  }
  return maxTime;
}

function readMaxTime(reader: XdrReader): bigint {
  reader.uint64();
  return reader.uint64();
}

function readMemo(reader: XdrReader): Memo {
  const type = reader.uint32();
  switch (type) {
    case 0:
      return { type: 'none', bytes: new Uint8Array(0) };
    case 1:
      return { type: 'text', bytes: reader.variable(28) };
    case 2:
      return { type: 'id', bytes: Buffer.from(reader.uint64().toString()) };
    case 3:
      return { type: 'hash', bytes: reader.opaque(32) };
    case 4:
      return { type: 'return', bytes: reader.opaque(32) };
    default:
      throw new XdrUnreadable(`memo of type ${type}`);
  }
}
