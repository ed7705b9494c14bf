import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { accountAddress, publicKeyOf, seedOf } from './address';

/** DER headers of RFC 8410: with them a raw ed25519 key becomes what node:crypto reads. */
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');
const SIGNATURE_BYTES = 64;
/** A KeyObject costs as much to make as a verification, and the same wallets come again. */
const CACHED_KEYS = 4096;

const publicKeys = new Map<string, KeyObject>();

function publicKeyObject(address: string): KeyObject | undefined {
  const cached = publicKeys.get(address);
  if (cached !== undefined) return cached;
  const raw = publicKeyOf(address);
  if (raw === undefined) return undefined;
  const key = createPublicKey({ key: Buffer.concat([SPKI_HEADER, raw]), format: 'der', type: 'spki' });
  if (publicKeys.size >= CACHED_KEYS) publicKeys.delete(publicKeys.keys().next().value as string);
  publicKeys.set(address, key);
  return key;
}

/** True when `signature` (64 bytes) of exactly these bytes was made by the key of a G address. Never throws. */
export function verifyEd25519(address: string, data: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const key = publicKeyObject(address);
  return key !== undefined && verify(null, data, key, signature);
}

/** The last four bytes of the public key: which signer a decorated signature claims to be. */
export function signatureHint(address: string): Uint8Array {
  const raw = publicKeyOf(address);
  if (raw === undefined) throw new RangeError('not an account address');
  return raw.subarray(28);
}

/** A key of ours, from its S... seed. The seed itself is not kept and cannot be printed from here. */
export class SigningKey {
  readonly address: string;
  readonly #key: KeyObject;

  /** Throws RangeError (without the text) when it is not a seed. */
  constructor(secret: string) {
    const seed = seedOf(secret);
    if (seed === undefined) throw new RangeError('not a Stellar secret seed');
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_HEADER, seed]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.#key).export({ format: 'der', type: 'spki' });
    this.address = accountAddress(spki.subarray(SPKI_HEADER.length));
  }

  /** ed25519 signature, 64 bytes. */
  sign(data: Uint8Array): Buffer {
    return sign(null, data, this.#key);
  }
}
