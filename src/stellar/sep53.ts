import { createHash } from 'node:crypto';
import { bytesFromBase64 } from './memo';
import { verifyEd25519, type SigningKey } from './signing-key';

/**
 * SEP-53 signed messages: ed25519 over SHA-256("Stellar Signed Message:\n" + message bytes). The prefix keeps a
 * message from ever being a transaction, so there is no fallback for signatures made without it. The proof is of
 * a key, not of control of an account; domain, nonce and expiry must be part of the message.
 */
const PREFIX = 'Stellar Signed Message:\n';

function messageDigest(message: string | Uint8Array): Buffer {
  return createHash('sha256').update(PREFIX, 'utf8').update(message).digest();
}

/** 64 bytes from hex or base64, the two forms wallets return; undefined for anything else. */
export function parseSignature(text: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{128}$/.test(text)) return Buffer.from(text, 'hex');
  if (text.length !== 88) return undefined;
  const bytes = bytesFromBase64(text);
  return bytes?.length === 64 ? bytes : undefined;
}

/** True when the key of the G address signed this message. `signature` is base64 or hex of 64 bytes. */
export function verifySignedMessage(message: string | Uint8Array, signature: string, address: string): boolean {
  const bytes = parseSignature(signature);
  return bytes !== undefined && verifyEd25519(address, messageDigest(message), bytes);
}

/** base64 signature, as a wallet's signMessage returns it. */
export function signMessage(message: string | Uint8Array, key: SigningKey): string {
  return key.sign(messageDigest(message)).toString('base64');
}
