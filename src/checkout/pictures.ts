import { httpsAddress } from '../common/https-address';
import { plainLine } from '../common/plain-text';
import { html, type Markup } from './markup';
import type { OfferView } from './offer-view';

/** Pictures of a merchant's, loaded by the payer's browser alone; their hosts learn no address of ours. */

/** So many hosts are admitted to one page at most: the policy that lists them is a header. */
const MAX_HOSTS = 8;

/** The hosts of the pictures of a page, the cover's first, each with its port if it has one. What lies anywhere else is not shown. */
export function imageHostsOf({ shop, catalogue }: Pick<OfferView, 'shop' | 'catalogue'>): readonly string[] {
  if (shop === null) return [];
  const goods = [...(shop.goods ?? []), ...(catalogue?.taken ?? []), ...(catalogue?.goods ?? [])];
  const hosts = [shop.coverImage, ...goods.map(({ image }) => image)].flatMap((url) => addressOf(url)?.host ?? []);
  return [...new Set(hosts)].slice(0, MAX_HOSTS);
}

/** Null where there is none. */
export function coverImage(url: string | null, alt: string): Markup | null {
  const address = addressOf(url);
  if (address === null) return null;
  return html`<img class="cover" src="${address.href}" alt="${plainLine(alt)}" width="1200" height="630" loading="lazy" decoding="async" referrerpolicy="no-referrer">`;
}

/** The picture beside the name of a product, which says what it shows. Null where its host is not among those that are admitted. */
export function goodPicture(url: string | null, hosts: readonly string[]): Markup | null {
  const address = addressOf(url);
  if (address === null || !hosts.includes(address.host)) return null;
  return html`<img class="pic" src="${address.href}" alt="" width="72" height="72" loading="lazy" decoding="async" referrerpolicy="no-referrer">`;
}

function addressOf(url: string | null): URL | null {
  return url === null ? null : httpsAddress(url);
}
