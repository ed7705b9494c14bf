import { isSeen } from '../common/plain-text';

export const MAX_IMAGES = 10;
const MAX_LENGTH = 2048;
/** A comma before a scheme ends an address; addresses have commas of their own, such as `/w_200,h_200/a.jpg`. */
const BETWEEN = /,(?=\s*[a-z][a-z0-9+.-]*:\/\/)/i;

/** An address that a payer's browser can load a picture from. Nothing here ever asks it. */
export function isImageUrl(text: string): boolean {
  if (text.length > MAX_LENGTH || !isSeen(text) || /[\s<>"'`\\]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return protocol === 'https:' && username === '' && password === '' && !hostname.includes(',');
}

/** Addresses joined by commas, as forms carry them; none in an empty text. */
export function imageUrlsOf(text: string): string[] {
  return text.trim() === '' ? [] : text.split(BETWEEN).map((each) => each.trim());
}
