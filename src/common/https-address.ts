/** Names that never belong to the public internet (RFC 6761, RFC 6762, RFC 8375, and what cloud providers resolve inside). */
export const LOCAL_NAMES =
  /(^|\.)(localhost|local|localdomain|internal|intranet|home|lan|corp|home\.arpa|test|invalid|onion)$/;

const MAX_LENGTH = 2000;
/** Labels of letters, digits and hyphens (RFC 1123). The last one begins with a letter, so an IP address never matches. */
const PUBLIC_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/**
 * The address of something public that a browser may open or load for a merchant: https, a name of the public internet, no
 * credentials. Null for all other text. The host of the result is ASCII (RFC 5890) and holds nothing that could end a list
 * of hosts in a header.
 */
export function httpsAddress(text: string): URL | null {
  // URL reads "https:host", "https:\host" and "https://ho\nst" as addresses; a person who reads them does not.
  if (text.length > MAX_LENGTH || !/^https:\/\/[^/\\]/i.test(text) || /[\s\\\p{Cc}]/u.test(text)) return null;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.port === '0') return null;
  const { hostname } = url;
  return hostname.length <= 253 && PUBLIC_NAME.test(hostname) && !LOCAL_NAMES.test(hostname) ? url : null;
}
