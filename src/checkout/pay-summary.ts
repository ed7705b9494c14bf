import type { PricedLine } from '../common/priced-line';
import { isoInstant } from '../common/clock';
import { html, type Markup } from './markup';

/** What the money is for, in the merchant's words, and how it adds up. */
export function purpose(
  label: Markup,
  title: string,
  description: string | Markup | null,
  table: Markup | null,
): Markup {
  return html`<div class="purpose">
<p class="label">${label}</p>
<div class="theirs"><h2 dir="auto">${title}</h2>${words(description)}</div>
${table}
</div>`;
}

function words(description: string | Markup | null): Markup | null {
  if (description === null) return null;
  return typeof description === 'string'
    ? html`<p class="words" dir="auto">${description}</p>`
    : html`<div class="words marked">${description}</div>`;
}

/** Name and amount of a row below the lines. */
export type Sum = readonly [name: string, amount: string];

export function account(unit: string, lines: readonly PricedLine[], sums: readonly Sum[]): Markup {
  return html`<table>
<caption class="unseen">How the amount adds up, in ${unit}</caption>
<thead><tr><th scope="col">Item</th><th scope="col">${unit}</th></tr></thead>
<tbody>${lines.map((line) => html`<tr><td class="theirs"><span dir="auto">${line.description}</span><small>${line.quantity} × ${amountText(line.rate)}</small></td><td>${amountText(line.amount)}</td></tr>`)}</tbody>
<tfoot>
${sums.map(([name, amount]) => html`<tr><th scope="row">${name}</th><td>${amountText(amount)}</td></tr>`)}
</tfoot>
</table>`;
}

/** The instant as the protocol writes it; the page's script turns it into the payer's own time. */
export function instantText(instant: Date): Markup {
  const iso = isoInstant(instant);
  return html`<time datetime="${iso}">${iso}</time>`;
}

/** An instant that the script counts down to. */
export function countdown(until: Date): Markup {
  return html`${instantText(until)} <span class="countdown" role="timer" data-until="${isoInstant(until)}"></span>`;
}

/** Long amounts in visual groups of three; the text itself stays as it is. Other text stays so, too. */
export function amountText(amount: string): Markup {
  if (amount.startsWith('-')) return html`-${amountText(amount.slice(1))}`;
  const [whole = '', fraction] = amount.split('.');
  const rest = fraction === undefined ? '' : `.${fraction}`;
  if (whole.length < 5 || !/^\d+$/.test(whole)) return html`${amount}`;
  const groups = whole.match(/^\d{1,3}(?=(?:\d{3})*$)|\d{3}/g) ?? [whole];
  return html`${groups.map((group, index) => html`<span class="group">${index === groups.length - 1 ? group + rest : group}</span>`)}`;
}
