import { isPublicId } from '../common/ids';

/** What people and programs put behind an address: punctuation of the sentence around it, blanks, a slash. */
const BEHIND = /[\s/.,;:!?)>\]}'"*_]+$/u;

/** The router knows a page without a slash at the end; `pageAddress` leads an address with one to the page's own. */
export function withoutSlash(url: string): string {
  return url.replace(/^(\/pay\/[^/?]+|\/status)\/+(?=\?|$)/, '$1');
}

/** The path of a shop's link without what stands behind it; undefined where nothing does. Capitals count: two links may differ in them alone. */
export function shorterSlug(slug: string): string | undefined {
  const shorter = slug.trim().replace(BEHIND, '');
  return shorter === slug || shorter === '' ? undefined : shorter;
}

/** The page's own address, for a `url` with something behind it or in capitals; undefined for any other. `url` as it was sent. */
export function pageAddress(publicId: string, url: string): string | undefined {
  const [path = '', ...query] = url.split('?');
  const id = publicId.trim().replace(BEHIND, '').toLowerCase();
  return isPublicId(id) && path !== `/pay/${id}` ? [`/pay/${id}`, ...query].join('?') : undefined;
}
