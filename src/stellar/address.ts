import { base32 } from '../common/secrets';

/**
 * Stellar addresses as SEP-23 writes them ("strkey"): base32 of a version byte, the payload and a CRC16-XModem.
 * Decoding is strict: no padding, no lower case, no spare bits, exact length. An address is never normalised.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const VERSION = { account: 6 << 3, secretSeed: 18 << 3, muxed: 12 << 3, contract: 2 << 3 } as const;
const PAYLOAD_BYTES = { account: 32, secretSeed: 32, muxed: 40, contract: 32 } as const;
const MAX_UINT64 = (1n << 64n) - 1n;
/** Longest strkey we read: a muxed account, 1 + 40 + 2 bytes in base32. */
const MAX_LENGTH = 69;

type Kind = keyof typeof VERSION;

const DIGITS = new Int8Array(128).fill(-1);
for (let value = 0; value < ALPHABET.length; value++) DIGITS[ALPHABET.charCodeAt(value)] = value;

/** CRC16-XModem: polynomial 0x1021, initial value 0. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

function fromBase32(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let value = 0;
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = DIGITS[text.charCodeAt(index)] ?? -1;
    if (digit < 0) return undefined;
    value = (value << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (value >>> bits) & 0xff;
      value &= (1 << bits) - 1;
    }
  }
  // Left-over bits would let one address be spelled in several ways; a whole spare digit can only be a wrong length.
  return bits < 5 && value === 0 ? bytes : undefined;
}

function decode(kind: Kind, text: string): Uint8Array | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const bytes = fromBase32(text);
  if (bytes === undefined || bytes.length !== PAYLOAD_BYTES[kind] + 3 || bytes[0] !== VERSION[kind]) return undefined;
  const body = bytes.subarray(0, -2);
  const crc = crc16(body);
  if (bytes[bytes.length - 2] !== (crc & 0xff) || bytes[bytes.length - 1] !== crc >>> 8) return undefined;
  return body.subarray(1);
}

function encode(kind: Kind, payload: Uint8Array): string {
  if (payload.length !== PAYLOAD_BYTES[kind])
    throw new RangeError(`a strkey of kind ${kind} holds ${PAYLOAD_BYTES[kind]} bytes`);
  const bytes = new Uint8Array(payload.length + 3);
  bytes[0] = VERSION[kind];
  bytes.set(payload, 1);
  const crc = crc16(bytes.subarray(0, -2));
  bytes[bytes.length - 2] = crc & 0xff;
  bytes[bytes.length - 1] = crc >>> 8;
  return base32(bytes).toUpperCase();
}

/** G...: an account, which is an ed25519 public key. */
export function isAccountAddress(text: string): boolean {
  return publicKeyOf(text) !== undefined;
}

/** M...: an account with a 64-bit id of one of its customers. */
export function isMuxedAddress(text: string): boolean {
  return decode('muxed', text) !== undefined;
}

/** C...: a contract. */
export function isContractAddress(text: string): boolean {
  return decode('contract', text) !== undefined;
}

/** S...: the secret seed of an account; recognised so that it can be refused wherever an address is asked for. */
export function isSecretSeed(text: string): boolean {
  return seedOf(text) !== undefined;
}

/** 32 bytes of the ed25519 public key of a G address; undefined when it is not one. */
export function publicKeyOf(address: string): Uint8Array | undefined {
  return decode('account', address);
}

/** G address of a 32-byte public key. Throws RangeError on another length. */
export function accountAddress(publicKey: Uint8Array): string {
  return encode('account', publicKey);
}

/** S... of a 32-byte seed. Throws RangeError on another length. */
export function secretSeed(seed: Uint8Array): string {
  return encode('secretSeed', seed);
}

/** 32 bytes of an S... seed; undefined when it is not one. Never log it. */
export function seedOf(secret: string): Uint8Array | undefined {
  return decode('secretSeed', secret);
}

export interface MuxedAddress {
  readonly account: string;
  /** uint64. */
  readonly id: bigint;
}

/** Splits M... into its account and id; undefined when it is not one. */
export function parseMuxed(text: string): MuxedAddress | undefined {
  const payload = decode('muxed', text);
  if (payload === undefined) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return { account: encode('account', payload.subarray(0, 32)), id: view.getBigUint64(32) };
}

/** M... for an account and an id from 0 to 2^64-1. Throws RangeError on a wrong account or id. */
export function muxedAddress(account: string, id: bigint): string {
  const key = publicKeyOf(account);
  if (key === undefined || id < 0n || id > MAX_UINT64)
    throw new RangeError('a muxed address needs a G address and a uint64');
  const payload = new Uint8Array(40);
  payload.set(key);
  new DataView(payload.buffer).setBigUint64(32, id);
  return encode('muxed', payload);
}

/** Where a payment can be sent: G... with no id, or M... split; undefined for everything else. */
export function parseDestination(
  text: string,
): { readonly account: string; readonly muxedId: bigint | null } | undefined {
  if (isAccountAddress(text)) return { account: text, muxedId: null };
  const muxed = parseMuxed(text);
  return muxed === undefined ? undefined : { account: muxed.account, muxedId: muxed.id };
}
