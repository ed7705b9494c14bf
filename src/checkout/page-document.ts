import { html, type Markup } from './markup';
import { SCRIPT, STYLES } from './page-assets';

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%2314614d'/%3E%3Cpath d='M4.5 4v8h7' fill='none' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E";

interface Page {
  /** Plain text. */
  readonly title: string;
  readonly main: Markup;
  /** False where nothing can change: no script then. */
  readonly live: boolean;
  /** What stands below, where it is not how payments go. */
  readonly footer?: string;
}

/** The frame of every page here. What is announced to screen readers stands outside of the part that gets replaced. */
const FOOTER = "Payments on this page go from your wallet straight to the merchant's, on the Stellar network.";

export function pageDocument({ title, main, live, footer = FOOTER }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="${STYLES.path}" integrity="${STYLES.integrity}">
${live ? html`<script src="${SCRIPT.path}" integrity="${SCRIPT.integrity}" defer></script>` : null}
</head>
<body>
${main}
<p id="live" class="unseen" role="status" aria-live="polite"></p>
<footer><p>${footer}</p></footer>
</body>
</html>
`.text;
}

/** The same words for an id that never was and for one that is gone. */
export function notFoundPage(): string {
  const main = html`<main><div class="sheet"><div class="part">
<h1 tabindex="-1">This payment page does not exist</h1>
<p class="state ended">The address may be incomplete, or the merchant has withdrawn the request. Check the link you were given, or ask whoever sent it for a new one. Nothing has been charged.</p>
</div></div></main>`;
  return pageDocument({ title: 'Payment page not found', main, live: false });
}
