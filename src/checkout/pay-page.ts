import { isoInstant } from '../common/clock';
import type { CheckoutView } from './checkout-view';
import { html, type Markup } from './markup';
import { pageDocument } from './page-document';
import { isPayable } from './payment-facts';
import { payMethods } from './pay-methods';
import { amountText, instantText, purpose } from './pay-summary';

/** Characters from which an amount is set smaller, so that it stays on one line. */
const LONG_AMOUNT = 8;
/** Decoration beside the word. */
const TICK = html`<svg class="tick" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="9"/><path d="M5.8 10.4l2.9 2.9 5.6-6.2"/></svg>`;

/** Fields of the page that its script reads: `data-state` and `data-owed` tell whether what is shown is still true. */
export function payPage(view: CheckoutView): string {
  const payable = isPayable(view.state);
  const main = html`<main data-state="${view.state}" data-owed="${view.owed}" data-now="${isoInstant(view.now)}" data-status="/checkout/${view.publicId}/status">
<div class="sheet${payable ? ' two' : ''}">
<section class="part request" aria-label="Request">
${view.network === 'public' ? null : html`<p class="badge">Test money: ${view.network} network</p>`}
<p class="label">Payment to the merchant</p>
<h1 class="theirs" tabindex="-1"><bdi>${view.merchant}</bdi></h1>
<p class="amount${headline(view).length > LONG_AMOUNT ? ' long' : ''}">${amountText(headline(view))} <span class="code">${view.asset.code}</span></p>
${stateBlock(view)}
${purpose(view)}
</section>
${payable ? payMethods(view) : null}
</div>
</main>`;
  return pageDocument({ title: `${TITLES[view.state]} ${headline(view)} ${view.asset.code} - ${view.merchant}`, main, live: true });
}

const TITLES: Readonly<Record<CheckoutView['state'], string>> = {
  waiting: 'Pay',
  partial: 'Pay the rest:',
  paid: 'Paid:',
  closing: 'Time is up:',
  expired: 'Expired:',
  cancelled: 'Cancelled:',
  failed: 'Failed:',
};

/** What is owed now, while something is; what was asked for otherwise. */
function headline(view: CheckoutView): string {
  return view.state === 'partial' ? view.owed : view.total;
}

function stateBlock(view: CheckoutView): Markup {
  switch (view.state) {
    case 'waiting':
      return block('', 'Waiting for your payment', html`${deadline(view)}${again()}`);
    case 'partial':
      return block('', `Received ${view.received} of ${view.total} ${view.asset.code}`, html`<progress max="100" value="${view.receivedPercent}" aria-label="Part received">${view.receivedPercent} %</progress><p>${view.owed} ${view.asset.code} are still to be paid.</p>${deadline(view)}${again()}`);
    case 'paid':
      return block('paid', html`${TICK}Paid`, paidDetails(view));
    case 'closing':
      return block('ended', 'The time to pay is over', html`<p>If you paid in time, this page will say so in a moment. Do not pay now.</p>${leftOver(view)}${again()}`);
    case 'expired':
      return block('ended', 'This request has expired', html`<p>Do not pay it any more. Ask the merchant for a new one.</p>${leftOver(view)}`);
    case 'cancelled':
      return block('ended', 'The merchant has cancelled this request', html`<p>Do not pay it any more.</p>${leftOver(view)}`);
    case 'failed':
      return block('ended', 'This payment has failed', html`<p>Do not pay it again without asking the merchant for a new request.</p>${leftOver(view)}`);
  }
}

function block(kind: string, heading: string | Markup, details: Markup): Markup {
  return html`<div class="state ${kind}"><p><strong>${heading}</strong></p>${details}</div>`;
}

function paidDetails(view: CheckoutView): Markup {
  return html`<p>${view.received} ${view.asset.code} received${view.paidAt === null ? null : html` on ${instantText(view.paidAt)}`}. You can close this page.</p>
${view.transactionHash === null ? null : html`<dl class="fields"><div class="field"><dt>Transaction on the Stellar ledger</dt><dd><code id="pay-hash">${view.transactionHash}</code><button type="button" class="copy" data-copy="pay-hash" data-name="Transaction" aria-label="Copy transaction" hidden>Copy</button></dd></div></dl>`}`;
}

/** Money that came in before the end is the merchant's to return, so the page says that it is there. */
function leftOver(view: CheckoutView): Markup | null {
  if (view.receivedPercent === null) return null;
  return html`<p>${view.received} of ${view.total} ${view.asset.code} had arrived. Ask the merchant about this part.</p>`;
}

function deadline(view: CheckoutView): Markup | null {
  if (view.expiresAt === null || view.expiresAt <= view.now) return null;
  return html`<p>Pay before ${instantText(view.expiresAt)} <span class="countdown" role="timer" data-until="${isoInstant(view.expiresAt)}"></span></p>`;
}

function again(): Markup {
  return html`<p><span hidden>This page follows the ledger by itself.</span> <a class="again" href="">Check again</a></p>`;
}
