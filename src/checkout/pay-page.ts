import type { AssetPrices } from './asset-prices';
import type { CheckoutView } from './checkout-view';
import { html, type Markup } from './markup';
import { pageDocument } from './page-document';
import { block, LONG_AMOUNT, pageMain, returnLink } from './page-parts';
import { isPayable } from './payment-facts';
import { payMethods } from './pay-methods';
import { account, amountText, countdown, instantText, purpose, type Sum } from './pay-summary';

/** Decoration beside the word. */
const TICK = html`<svg class="tick" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="9"/><path d="M5.8 10.4l2.9 2.9 5.6-6.2"/></svg>`;

/** `prices` where the payer has asked what other assets cost. The page's script compares `data-state` and `data-owed` to see whether the page is stale. */
export function payPage(view: CheckoutView, prices: AssetPrices | null = null): string {
  const data = html`data-state="${view.state}" data-owed="${view.owed}" data-status="/checkout/${view.publicId}/status"`;
  const request = html`<p class="amount${headline(view).length > LONG_AMOUNT ? ' long' : ''}">${amountText(headline(view))} <span class="code">${view.asset.code}</span></p>
${quotedPrice(view)}
${stateBlock(view)}
${purpose(html`For <span>${view.number}</span>, in the merchant's words`, view.title, view.description, addedUp(view))}`;
  const main = pageMain(view, data, request, isPayable(view.state) ? payMethods(view, prices) : null);
  return pageDocument({
    title: `${TITLES[view.state]} ${headline(view)} ${view.asset.code} - ${view.merchant}`,
    main,
    live: true,
  });
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

/** What the amount was worked out from. */
function quotedPrice({ link: { price }, asset }: CheckoutView): Markup | null {
  return price === null
    ? null
    : html`<p class="price">${amountText(price.amount)} ${price.currency} <span class="label">1 ${price.currency} = ${price.perUnit} ${asset.code}</span></p>`;
}

function addedUp(view: CheckoutView): Markup | null {
  if (view.lines.length === 0 && view.tax === null && view.discount === null) return null;
  const sums: Sum[] = [['Subtotal', view.subtotal]];
  if (view.tax !== null && view.tax.parts.length > 1)
    sums.push(
      ...view.tax.parts.map(({ percentage, base, tax, inclusive }): Sum => [
        `${percentage} % ${inclusive ? 'included, ' : ''}on ${base}`,
        tax,
      ]),
    );
  if (view.tax !== null) sums.push([view.tax.percent === null ? 'Tax' : `Tax ${view.tax.percent} %`, view.tax.amount]);
  if (view.discount !== null) sums.push(['Discount', `-${view.discount}`]);
  return account(view.asset.code, view.lines, [...sums, ['Total', view.total]]);
}

function stateBlock(view: CheckoutView): Markup {
  switch (view.state) {
    case 'waiting':
      return block('', 'Waiting for your payment', html`${deadline(view)}${again()}${chooseAgain(view)}`);
    case 'partial':
      return block(
        '',
        html`Received ${amountText(view.received)} of ${amountText(view.total)} ${view.asset.code}`,
        html`<progress max="100" value="${view.receivedPercent}" aria-label="Part received">${view.receivedPercent} %</progress><p>${amountText(view.owed)} ${view.asset.code} are still to be paid.</p>${deadline(view)}${again()}${chooseAgain(view)}`,
      );
    case 'paid':
      return block('paid', html`${TICK}Paid`, paidDetails(view));
    case 'closing':
      return block(
        'ended',
        'The time to pay is over',
        html`<p>If you paid in time, this page will say so in a moment. Do not pay now.</p>${leftOver(view)}${again()}`,
      );
    case 'expired':
      if (view.link.beaten)
        return block(
          'ended',
          'This request was paid another way',
          html`<p>Do not pay here any more: somebody chose differently and has paid.</p>${leftOver(view)}`,
        );
      if (view.link.lapsed)
        return block(
          'ended',
          'This price has expired',
          html`<p>Do not pay it any more. The request itself is still open, at the price of the moment.</p>${leftOver(view)}${chooseAgain(view)}`,
        );
      return block(
        'ended',
        'This request has expired',
        html`<p>Do not pay it any more. Ask the merchant for a new one.</p>${leftOver(view)}${back(view)}`,
      );
    case 'cancelled':
      return block(
        'ended',
        'The merchant has cancelled this request',
        html`<p>Do not pay it any more.</p>${leftOver(view)}${back(view)}`,
      );
    case 'failed':
      return block(
        'ended',
        'This payment has failed',
        html`<p>Do not pay it again without asking the merchant for a new request.</p>${leftOver(view)}${back(view)}`,
      );
  }
}

function paidDetails(view: CheckoutView): Markup {
  return html`<p>${amountText(view.received)} ${view.asset.code} received${view.paidAt === null ? null : html` on ${instantText(view.paidAt)}`}. You can close this page.</p>
${view.transactionHash === null ? null : html`<dl class="fields"><div class="field"><dt>Transaction on the Stellar ledger</dt><dd><code id="pay-hash">${view.transactionHash}</code><button type="button" class="copy" data-copy="pay-hash" data-name="Transaction" aria-label="Copy transaction" hidden>Copy</button></dd></div></dl>`}
<p><a href="/pay/${view.publicId}/receipt.pdf">Receipt (PDF)</a></p>${back(view)}`;
}

function back({ link, merchant }: CheckoutView): Markup | null {
  return returnLink(link.returnUrl, merchant);
}

function chooseAgain({ link: { choosePath, lapsed } }: CheckoutView): Markup | null {
  if (choosePath === null) return null;
  return lapsed
    ? html`<p><a class="button" href="${choosePath}">See the price now</a></p>`
    : html`<p><a href="${choosePath}">Choose differently</a></p>`;
}

/** Money that came in before the end is the merchant's to return, so the page says that it is there. */
function leftOver(view: CheckoutView): Markup | null {
  const part =
    view.receivedPercent === null
      ? null
      : html`<p>${amountText(view.received)} of ${amountText(view.total)} ${view.asset.code} had arrived. Ask the merchant about this part.</p>`;
  return view.held === null
    ? part
    : html`${part}<p>${amountText(view.held)} ${view.asset.code} arrived that could not be counted. They are held for the merchant, who can return them: ask there.</p>`;
}

function deadline(view: CheckoutView): Markup | null {
  if (view.expiresAt === null || view.expiresAt <= view.now) return null;
  return html`<p>${view.link.price === null ? 'Pay before' : 'This price holds until'} ${countdown(view.expiresAt)}</p>`;
}

function again(): Markup {
  return html`<p><span hidden>This page follows the ledger by itself.</span> <a class="again" href="">Check again</a></p>`;
}
