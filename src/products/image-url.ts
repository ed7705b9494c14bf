import { httpsAddress } from '../common/https-address';
import { isSeen } from '../common/plain-text';

export const MAX_IMAGES = 10;
/** A comma before a scheme ends an address; addresses have commas of their own, such as `/w_200,h_200/a.jpg`. */
const BETWEEN = /,(?=\s*[a-z][a-z0-9+.-]*:\/\/)/i;

/** An address on the public internet that a payer's browser can load a picture from. Nothing here ever asks it. */
export function isImageUrl(text: string): boolean {
  return isSeen(text) && !/[<>"'`]/.test(text) && httpsAddress(text) !== null;
}

/** Addresses joined by commas, as forms carry them; none in an empty text. */
export function imageUrlsOf(text: string): string[] {
  return text.trim() === '' ? [] : text.split(BETWEEN).map((each) => each.trim());
}
