import { createHash } from 'node:crypto';
import { plainLine } from '../common/plain-text';

/** Longer requests make codes with modules too small for a phone across a table. */
const MOST_CHARACTERS = 700;

/**
 * The payment request that link and QR code share. `requestWith` builds it around a title; the title alone may be
 * long, so it is halved until the code stays readable. Nothing that decides about money is ever shortened.
 */
export function paymentRequest(title: string, requestWith: (title: string) => string): string {
  let shown = plainLine(title);
  let request = requestWith(shown);
  while (request.length > MOST_CHARACTERS && shown !== '') {
    shown = shown.slice(0, Math.floor(shown.length / 2)).trimEnd();
    request = requestWith(shown);
  }
  return request;
}

/** Names the content of a QR code in its address, so that a page never shows the code of another amount. */
export function qrVersion(request: string): string {
  return createHash('sha256').update(request, 'utf8').digest('base64url').slice(0, 12);
}
