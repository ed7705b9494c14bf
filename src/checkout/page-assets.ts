import { createHash } from 'node:crypto';
import { PAGE_SCRIPT } from './page-script';
import { PAGE_STYLES } from './page-styles';

export interface PageAsset {
  readonly contentType: string;
  readonly body: string;
  /** Changes with the content, so that the address in a page may be cached for ever. */
  readonly version: string;
  /** Subresource Integrity, for the page that names it. */
  readonly integrity: string;
  readonly path: string;
}

function asset(name: string, contentType: string, body: string): PageAsset {
  const digest = createHash('sha256').update(body, 'utf8').digest();
  const version = digest.toString('base64url').slice(0, 16);
  return {
    contentType,
    body,
    version,
    integrity: `sha256-${digest.toString('base64')}`,
    path: `/pay/assets/${name}?v=${version}`,
  };
}

/** Without indentation and lines of comment: browsers have no use for them. No line of ours begins inside of a text. */
function compact(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('//'))
    .join('\n');
}

/** Everything a payer's browser ever loads beside the page itself and its QR code. */
export const SCRIPT = asset('checkout.js', 'text/javascript; charset=utf-8', compact(PAGE_SCRIPT));
export const STYLES = asset(
  'checkout.css',
  'text/css; charset=utf-8',
  compact(PAGE_STYLES).replace(/ ?([{},;:]) /g, '$1'),
);

export const ASSETS: ReadonlyMap<string, PageAsset> = new Map([
  ['checkout.js', SCRIPT],
  ['checkout.css', STYLES],
]);
