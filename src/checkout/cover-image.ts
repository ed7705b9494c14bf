import { httpsAddress } from '../common/https-address';
import { plainLine } from '../common/plain-text';
import { html, type Markup } from './markup';

/** The picture of a link, loaded by the payer's browser alone; its host learns no address of ours. Null where there is none. */
export function coverImage(url: string | null, alt: string): Markup | null {
  const address = url === null ? null : httpsAddress(url);
  if (address === null) return null;
  return html`<img class="cover" src="${address.href}" alt="${plainLine(alt)}" width="1200" height="630" loading="lazy" decoding="async" referrerpolicy="no-referrer">`;
}
