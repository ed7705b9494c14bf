import { createHmac, type KeyObject } from 'node:crypto';

/** Standard Webhooks 1.0.0: 24 to 64 bytes of secret, handed out as `whsec_` and base64. */
export const SECRET_BYTES = 32;

export function secretText(secret: Buffer): string {
  return `whsec_${secret.toString('base64')}`;
}

/** The bytes of a text that `secretText` made; undefined for any other. */
export function madeSecret(text: string): Buffer | undefined {
  const bytes = Buffer.from(text.slice('whsec_'.length), 'base64');
  return bytes.length === SECRET_BYTES && secretText(bytes) === text ? bytes : undefined;
}

/**
 * Value of `webhook-signature`: one `v1,<base64 HMAC-SHA256>` a secret, over `id.timestamp.body`, so that a receiver
 * with either secret of a rotation accepts. `timestamp` in whole seconds.
 */
export function signatureHeader(
  secrets: readonly (Buffer | KeyObject)[],
  id: string,
  timestamp: number,
  body: Buffer,
): string {
  return secrets
    .map((secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64')}`)
    .join(' ');
}
