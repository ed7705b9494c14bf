import { escapeHtml } from '../../../http/html';
import { DOCS_STYLE } from './docs-style';

/** The page at the service's root address, for a visitor without a payment link. */
export function startPage(
  title: string,
  links: readonly (readonly [address: string, what: string])[],
  isTest: boolean,
): string {
  const list = links
    .map(([address, what]) => `<li><a href="${escapeHtml(address)}">${escapeHtml(what)}</a></li>`)
    .join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${DOCS_STYLE}</style></head>
<body><nav aria-label="Pages"><ul>${list}</ul></nav>
<main><h1>${escapeHtml(title)}</h1><p>This service takes payments on the Stellar network for its merchants. There is nothing to pay at this address: open the link that the merchant gave you.</p>${isTest ? '<p>Test money is taken here, beside or instead of real money: the sandbox network is enabled.</p>' : ''}
<p>Merchants and partners work through the APIs that this page links to.</p></main></body></html>
`;
}
