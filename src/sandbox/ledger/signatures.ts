import { createHash } from 'node:crypto';
import { StrKey } from '@stellar/stellar-sdk/base';

import type { AccountEntry } from './contract';
import { isSignatureValid } from './ed25519';
import { addressOf, type SignatureWire, type SignerKeyWire } from './wire';

export interface Signer {
  readonly key: SignerKeyWire;
  readonly weight: number;
}

/** The master key (when it has weight) and the other signers of an account. */
export function signersOf(account: AccountEntry): Signer[] {
  const others = account.signers.map(({ key, weight }) => ({ key: signerKeyWire(key), weight }));
  const master = account.thresholds[0];
  return master === 0 ? others : [...others, masterSigner(account.address, master)];
}

export function masterSigner(address: string, weight: number): Signer {
  return { key: { type: 0, ed25519: StrKey.decodeEd25519PublicKey(address) }, weight };
}

export function signerKeyWire(strkey: string): SignerKeyWire {
  switch (strkey[0]) {
    case 'T':
      return { type: 1, preAuthTx: StrKey.decodePreAuthTx(strkey) };
    case 'X':
      return { type: 2, hashX: StrKey.decodeSha256Hash(strkey) };
    default:
      return { type: 0, ed25519: StrKey.decodeEd25519PublicKey(strkey) };
  }
}

/** The strkey of a signer that an account can have. */
export function signerStrkey(key: Exclude<SignerKeyWire, { type: 3 }>): string {
  switch (key.type) {
    case 0:
      return addressOf({ type: 0, ed25519: key.ed25519 });
    case 1:
      return StrKey.encodePreAuthTx(key.preAuthTx);
    case 2:
      return StrKey.encodeSha256Hash(key.hashX);
  }
}

/**
 * Core's SignatureChecker for one hash and its signatures. It remembers which signatures served some purpose, because
 * one that served none makes the transaction invalid (txBAD_AUTH_EXTRA).
 */
export class SignatureChecker {
  private readonly used: boolean[];

  /** `verdicts` outlives the checker: the same transaction is checked on arrival, before its ledger and in it. */
  constructor(
    private readonly hash: Uint8Array,
    private readonly signatures: readonly SignatureWire[],
    private readonly verdicts: Map<string, boolean>,
  ) {
    this.used = signatures.map(() => false);
  }

  /** True as soon as the weights of matching signers reach `needed`; 0 still needs one match. */
  reaches(signers: readonly Signer[], needed: number): boolean {
    let total = 0;
    for (const { key, weight } of signers) {
      if (key.type !== 1 || !equal(key.preAuthTx, this.hash)) continue;
      total += capped(weight);
      if (total >= needed) return true;
    }
    for (const type of [2, 0, 3] as const) {
      const left = signers.filter(({ key }) => key.type === type);
      for (const [index, signature] of this.signatures.entries()) {
        const at = left.findIndex(({ key }) => this.matches(index, signature, key));
        if (at < 0) continue;
        this.used[index] = true;
        total += capped((left[at] as Signer).weight);
        if (total >= needed) return true;
        left.splice(at, 1);
      }
    }
    return false;
  }

  allUsed(): boolean {
    return this.used.every(Boolean);
  }

  private matches(index: number, { hint, signature }: SignatureWire, key: SignerKeyWire): boolean {
    switch (key.type) {
      case 0:
        return equal(hint, key.ed25519.subarray(28)) && this.verified(index, key.ed25519, this.hash, signature);
      case 1:
        return false;
      case 2:
        return equal(hint, key.hashX.subarray(28)) && equal(key.hashX, createHash('sha256').update(signature).digest());
      case 3: {
        const { ed25519, payload } = key.ed25519SignedPayload;
        return equal(hint, payloadHint(ed25519, payload)) && this.verified(index, ed25519, payload, signature);
      }
    }
  }

  private verified(index: number, key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    const name = `${index}/${Buffer.from(key).toString('latin1')}/${Buffer.from(message).toString('latin1')}`;
    const known = this.verdicts.get(name);
    if (known !== undefined) return known;
    const verdict = isSignatureValid(key, message, signature);
    this.verdicts.set(name, verdict);
    return verdict;
  }
}

/** CAP-0040: the hint of the key, xor the last four bytes of the payload (zero-padded on the right). */
function payloadHint(key: Uint8Array, payload: Uint8Array): Uint8Array {
  const tail = new Uint8Array(4);
  tail.set(payload.subarray(Math.max(0, payload.length - 4)));
  return tail.map((byte, at) => byte ^ (key[28 + at] ?? 0));
}

function capped(weight: number): number {
  return Math.min(weight, 255);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
