import { formatAmount } from '../common/money';
import type { ExchangeRoute } from '../rates/exchange-routes.service';
import type { CheckoutView } from './checkout-view';
import { html, type Markup } from './markup';

/** What the invoice costs at this moment in another asset; amounts are decimal texts. */
interface AssetPrice {
  readonly code: string;
  readonly amount: string;
  /** What a prepared payment gives at the most. */
  readonly most: string;
}

/** Empty where the market has no way; `unavailable` where no answer came. */
export type AssetPrices = readonly AssetPrice[] | 'unavailable';

const SHOWN_DECIMALS = 2;

export function assetPrices(routes: readonly ExchangeRoute[]): AssetPrices {
  return routes.map(({ source, sourceAmount, sendMax }) => ({
    code: source.code,
    amount: formatAmount(sourceAmount, SHOWN_DECIMALS),
    most: formatAmount(sendMax, SHOWN_DECIMALS),
  }));
}

/** Asked for by a link, because it costs the network a search and most payers have the asset that is wanted. */
export function otherAssets(view: CheckoutView, prices: AssetPrices | null): Markup | null {
  if (view.otherAssets.length === 0) return null;
  return html`<div class="others">
<h2>${prices === null ? 'Or pay' : 'Pay'} with another asset</h2>
${exchangeNote(view)}
${prices === null ? html`<p><a href="/pay/${view.publicId}/prices">See what it costs in ${inWords(view.otherAssets)}</a></p>` : priceList(view, prices)}
</div>`;
}

function exchangeNote({ link: { payCurrency }, asset }: CheckoutView): Markup | null {
  if (payCurrency === null || payCurrency === asset.code) return null;
  return html`<p class="hint">You chose ${payCurrency}. The merchant receives ${asset.code}: the market exchanges it on the way.</p>`;
}

function priceList(view: CheckoutView, prices: AssetPrices): Markup {
  if (prices === 'unavailable')
    return html`<p class="hint">Nobody can say at this moment what other assets cost.</p>${askAgain(view)}`;
  if (prices.length === 0)
    return html`<p class="hint">The market has no way to exchange this amount at the moment.</p>${askAgain(view)}`;
  return html`<dl class="fields">${prices.map((price) => priceField(view, price))}</dl>
${askAgain(view)}
<p class="hint">Prices of this moment; the merchant receives ${view.owed} ${view.asset.code} in any case. A wallet that exchanges on the way can pay the request below. One that is connected to this service gets the payment prepared by <code>/api/payments/${view.publicId}/pay-intent</code>.</p>
<p class="fault" role="alert"></p>`;
}

function priceField(view: CheckoutView, { code, amount, most }: AssetPrice): Markup {
  const pay = html`<button type="button" class="copy" data-action="/checkout/${view.publicId}/test-payment?sendAsset=${encodeURIComponent(code)}" aria-label="Pay with a test wallet in ${code}" hidden>Test wallet</button>`;
  return html`<div class="field"><dt>${code}</dt><dd><span>${amount} <small class="label">at most ${most}</small></span>${view.testWallet ? pay : null}</dd></div>`;
}

function askAgain({ publicId }: CheckoutView): Markup {
  return html`<p><a href="/pay/${publicId}/prices">Ask again</a></p>`;
}

function inWords(codes: readonly string[]): string {
  return codes.length < 2 ? codes.join('') : `${codes.slice(0, -1).join(', ')} or ${codes.at(-1)}`;
}
