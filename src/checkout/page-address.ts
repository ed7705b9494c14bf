import { isPublicId } from '../common/ids';

/** What people and programs put behind an address: punctuation of the sentence around it, blanks, a slash. */
const BEHIND = /[\s/.,;:!?)>\]}'"*_]+$/u;

/** The router knows a page without a slash at the end; `pageAddress` leads an address with one to the page's own. */
export function withoutSlash(url: string): string {
  return url.replace(/^(\/pay\/[^/?]+)\/+(?=\?|$)/, '$1');
}

/** The page's own address, for a `url` with something behind it or in capitals; undefined for any other. `url` as it was sent. */
export function pageAddress(publicId: string, url: string): string | undefined {
  const [path = '', ...query] = url.split('?');
  const id = publicId.trim().replace(BEHIND, '').toLowerCase();
  return isPublicId(id) && path !== `/pay/${id}` ? [`/pay/${id}`, ...query].join('?') : undefined;
}
