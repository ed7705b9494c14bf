import { domainToASCII } from 'node:url';
import { isSeen } from './plain-text';

/**
 * The one spelling of an address: a domain beyond ASCII in its ASCII form (RFC 5890), the name before it composed. Text that
 * is not an address, or hides something, is returned unchanged for a validator to refuse.
 */
export function emailAddress(text: string): string {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  if (at < 0 || !isSeen(text)) return text;
  const name = text.slice(0, at).normalize('NFC');
  const ascii = /^[\u0020-\u007e]*$/.test(domain) ? domain : domainToASCII(domain);
  return ascii === '' ? text : `${name}@${ascii}`;
}
