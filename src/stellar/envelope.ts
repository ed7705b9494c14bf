import type { FeeBumpTransaction, Transaction } from '@stellar/stellar-sdk/base';
import { readEnvelopeHeader, type EnvelopeHeader } from './envelope-header';
import { bytesFromBase64 } from './memo';
import { stellarSdk } from './sdk';
import { signatureHint, verifyEd25519 } from './signing-key';

/** Longest base64 that is parsed at all, well below the limit of a request's body; a payment needs less than a thousand characters. */
export const MAX_ENVELOPE_CHARACTERS = 50 * 1024;

/** The text is not a transaction envelope. `reason` is for a log or a client, never the text itself. */
export class EnvelopeUnreadable extends Error {
  constructor(readonly reason: 'too_large' | 'malformed') {
    super(
      reason === 'too_large'
        ? `the envelope exceeds ${MAX_ENVELOPE_CHARACTERS} characters`
        : 'not a transaction envelope in base64 XDR',
    );
    this.name = 'EnvelopeUnreadable';
  }
}

/** A decoded envelope; for a fee bump `transaction` is the one inside. */
export interface Envelope {
  readonly header: EnvelopeHeader;
  readonly transaction: Transaction;
  readonly feeBump: FeeBumpTransaction | null;
  /** Outer hash under the passphrase it was read with, lower-case hex. */
  readonly hash: string;
}

/** Reads base64 XDR of any envelope version. Size is judged before anything is parsed. Throws `EnvelopeUnreadable`. */
export function readEnvelope(envelopeXdr: string, passphrase: string): Envelope {
  if (envelopeXdr.length > MAX_ENVELOPE_CHARACTERS) throw new EnvelopeUnreadable('too_large');
  const bytes = bytesFromBase64(envelopeXdr);
  const header = bytes && readEnvelopeHeader(bytes);
  if (header === undefined) throw new EnvelopeUnreadable('malformed');
  const decoded = decode(envelopeXdr, passphrase);
  const feeBump = isFeeBump(decoded) ? decoded : null;
  const transaction = isFeeBump(decoded) ? decoded.innerTransaction : decoded;
  return { header, transaction, feeBump, hash: hashHex(decoded) };
}

/** The SDK raises errors of many kinds for bad XDR, and its only promise is that it raises something. */
function decode(envelopeXdr: string, passphrase: string): Transaction | FeeBumpTransaction {
  try {
    return stellarSdk().TransactionBuilder.fromXdr(envelopeXdr, passphrase);
  } catch {
    throw new EnvelopeUnreadable('malformed');
  }
}

function isFeeBump(decoded: Transaction | FeeBumpTransaction): decoded is FeeBumpTransaction {
  return decoded instanceof stellarSdk().FeeBumpTransaction;
}

export function hashHex(transaction: Transaction | FeeBumpTransaction): string {
  return Buffer.from(transaction.hash()).toString('hex');
}

/** Positions of the signatures of `transaction` that the key of this G address made over `hash`. */
export function signaturesBy(
  address: string,
  hash: Uint8Array,
  transaction: Transaction | FeeBumpTransaction,
): number[] {
  const hint = Buffer.from(signatureHint(address));
  return transaction.signatures.flatMap((each, index) => {
    const fits = hint.equals(each.hint.toBytes()) && verifyEd25519(address, hash, each.signature.toBytes());
    return fits ? [index] : [];
  });
}
