import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a delivery tells. */
export interface WebhookEvent {
  readonly id: string;
  readonly type: string;
  readonly apiVersion: string;
  /** RFC 3339. */
  readonly timestamp: string;
  readonly network: string;
  /** Rises with each event about one subject. */
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const TOLERANCE_SECONDS = 300;

/**
 * The event of a delivery (Standard Webhooks 1.0.0), from its headers and the bytes of its body. `secret` is the text
 * that begins with `whsec_`. Throws when it was not signed with that secret, or more than five minutes away from `now`.
 */
export function verifyWebhook(
  secret: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string | Buffer,
  now = new Date(),
): WebhookEvent {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string')
    throw new TypeError('a header of the delivery is missing');
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS)
    throw new RangeError('the delivery is too old or from the future');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  const good = signatures
    .split(' ')
    .some((each) => each.startsWith('v1,') && isSame(Buffer.from(each.slice(3), 'base64'), expected));
  if (!good) throw new TypeError('the signature of the delivery is wrong');
  return JSON.parse(body.toString()) as WebhookEvent;
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
