import { isoInstant } from '../common/clock';
import type { CheckoutView } from './checkout-view';
import { html, type Markup } from './markup';

/** What the money is for, in the merchant's words, and how it adds up. */
export function purpose(view: CheckoutView): Markup {
  return html`<div class="purpose">
<p class="label">For <span>${view.number}</span>, in the merchant's words</p>
<div class="theirs"><h2 dir="auto">${view.title}</h2>${view.description === null ? null : html`<p class="words" dir="auto">${view.description}</p>`}</div>
${view.lines.length === 0 && view.tax === null && view.discount === null ? null : account(view)}
</div>`;
}

function account(view: CheckoutView): Markup {
  return html`<table>
<caption class="unseen">How the amount adds up, in ${view.asset.code}</caption>
<thead><tr><th scope="col">Item</th><th scope="col">${view.asset.code}</th></tr></thead>
<tbody>${view.lines.map((line) => html`<tr><td class="theirs"><span dir="auto">${line.description}</span><small>${line.quantity} × ${line.rate}</small></td><td>${line.amount}</td></tr>`)}</tbody>
<tfoot>
${sum('Subtotal', view.subtotal)}${view.tax === null ? null : sum(`Tax ${view.tax.percent} %`, view.tax.amount)}${view.discount === null ? null : sum('Discount', `-${view.discount}`)}${sum('Total', view.total)}
</tfoot>
</table>`;
}

function sum(name: string, amount: string): Markup {
  return html`<tr><th scope="row">${name}</th><td>${amount}</td></tr>`;
}

/** The instant as the protocol writes it; the page's script turns it into the payer's own time. */
export function instantText(instant: Date): Markup {
  const iso = isoInstant(instant);
  return html`<time datetime="${iso}">${iso}</time>`;
}

/** Long amounts in visual groups of three: the text itself stays the bare number. */
export function amountText(amount: string): Markup {
  const [whole = '', fraction] = amount.split('.');
  const rest = fraction === undefined ? '' : `.${fraction}`;
  if (whole.length < 5) return html`${amount}`;
  const groups = whole.match(/^\d{1,3}(?=(?:\d{3})*$)|\d{3}/g) ?? [whole];
  return html`${groups.map((group, index) => html`<span class="group">${index === groups.length - 1 ? group + rest : group}</span>`)}`;
}
