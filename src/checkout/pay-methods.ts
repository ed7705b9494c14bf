import { type AssetPrices, otherAssets } from './asset-prices';
import type { CheckoutView } from './checkout-view';
import { html, type Markup } from './markup';
import { qrVersion } from './payment-request';

/** Every way to pay: a link for wallets on this device, a code for those on another, the bare facts for all others. What the payer asked for comes first. */
export function payMethods(view: CheckoutView, prices: AssetPrices | null): Markup {
  if (view.uri === null) throw new Error('a payable invoice without a payment request');
  return html`<section class="part methods" aria-labelledby="how">
<h2 id="how" class="unseen">How to pay</h2>
${blocked(view)}
${prices === null ? null : otherAssets(view, prices)}
${view.link.showsCodes ? codes(view.publicId, view.uri) : null}
<h2>${view.link.showsCodes ? 'Or send it by hand' : 'Send it by hand'}</h2>
<dl class="fields">
${field('Address', 'pay-address', view.destination)}
${field(`Amount in ${view.asset.code}`, 'pay-amount', view.owed)}
${field('Memo (type text)', 'pay-memo', view.references.memo, html`<p class="warning">Do not leave out the memo: without it your payment cannot be matched to this request.</p>`)}
${view.asset.issuer === null ? null : field(`Issuer of ${view.asset.code}`, 'pay-issuer', view.asset.issuer, html`<p class="hint">Only ${view.asset.code} of this issuer counts.</p>`)}
</dl>
${fromExchange(view)}
${prices === null ? otherAssets(view, prices) : null}
</section>
${view.testWallet ? testWallet(view) : null}`;
}

function codes(publicId: string, uri: string): Markup {
  return html`<a class="button" href="${uri}">Open in wallet app</a>
<figure class="qr">
<img src="/pay/${publicId}/qr.svg?v=${qrVersion(uri)}" width="288" height="288" alt="QR code of this payment request">
<figcaption class="hint">Or scan with a Stellar wallet</figcaption>
</figure>`;
}

/** The network would refuse it; from an exchange it might be sent again and again. */
function blocked(view: CheckoutView): Markup | null {
  if (!view.blocked) return null;
  return html`<p class="warning" id="pay-blocked">The merchant's wallet cannot take ${view.asset.code} at this moment: the network would refuse your payment. Ask the merchant before you pay.</p>`;
}

/** Exchanges lose memos: each says in its own words which kind it takes, and none takes a muxed address. */
function fromExchange({ references: { memoId, muxedAddress } }: CheckoutView): Markup {
  return html`<h3>Sending from an exchange?</h3>
<p class="hint">It must send the memo, too. Where it asks for the kind of memo, or for a tag, choose text and give the memo above. Where it takes numbers only, give this one as memo id instead; one of the two is enough.</p>
<dl class="fields">
${field('Memo id (number)', 'pay-memo-id', memoId)}
${field('Muxed address', 'pay-muxed', muxedAddress, html`<p class="hint">For wallets that know addresses with M: it holds address and memo in one, so leave the memo empty. Exchanges do not take it.</p>`)}
</dl>`;
}

function field(name: string, id: string, value: string, note: Markup | null = null): Markup {
  return html`<div class="field"><dt>${name}</dt><dd><code id="${id}">${value}</code><button type="button" class="copy" data-copy="${id}" data-name="${name}" aria-label="Copy ${name}" hidden>Copy</button></dd>${note === null ? null : html`<dd>${note}</dd>`}</div>`;
}

function testWallet(view: CheckoutView): Markup {
  return html`<section class="part test" aria-label="Test wallet" hidden>
<button type="button" class="button quiet" data-action="/checkout/${view.publicId}/test-payment">Pay with a test wallet</button>
<p class="hint">On the sandbox a throw-away wallet can pay for you with test money, so that you can see the whole way.</p>
<p class="fault" role="alert"></p>
</section>`;
}
