import { isoInstant } from '../common/clock';
import type { Network } from '../common/network';
import { html, type Markup } from './markup';

/** What the pages of a request have in common. */

/** Characters from which an amount is set smaller, so that it stays on one line. */
export const LONG_AMOUNT = 8;

interface Paid {
  readonly network: Network;
  readonly merchant: string;
  readonly now: Date;
}

/** The merchant and the request on one side; what to do about it, if anything, on the other. */
export function pageMain(
  { network, merchant, now }: Paid,
  data: Markup,
  request: Markup,
  action: Markup | null,
): Markup {
  return html`<main ${data} data-now="${isoInstant(now)}">
<div class="sheet${action === null ? '' : ' two'}">
<section class="part request" aria-label="Request">
${network === 'public' ? null : html`<p class="badge">Test money: ${network} network</p>`}
<p class="label">Payment to the merchant</p>
<h1 class="theirs" tabindex="-1"><bdi>${merchant}</bdi></h1>
${request}
</section>
${action}
</div>
</main>`;
}

/** What became of it. */
export function block(kind: string, heading: string | Markup, details: Markup): Markup {
  return html`<div class="state ${kind}"><p><strong>${heading}</strong></p>${details}</div>`;
}

/** The merchant's own address, with the host in sight: the name beside it is only what the merchant says. */
export function returnLink(url: string | null, merchant: string): Markup | null {
  if (url === null) return null;
  return html`<div class="leave"><a class="button return" href="${url}" rel="noreferrer">Return to <bdi>${merchant}</bdi></a><p class="hint">${new URL(url).host}</p></div>`;
}
