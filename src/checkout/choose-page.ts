import type { ChoiceFault, ChoiceValues } from './choice-form';
import { coverImage } from './pictures';
import { choiceFields } from './form-fields';
import { wordsMarkup } from './markdown';
import { rhythmWords } from './portal/rhythm-words';
import { type SubscribeState, subscribeForm } from './portal/subscribe-form';
import { html, type Markup } from './markup';
import type { OfferView } from './offer-view';
import { block, LONG_AMOUNT, pageMain, returnLink } from './page-parts';
import { pageDocument } from './page-document';
import { account, amountText, countdown, purpose, type Sum } from './pay-summary';
import { goodsFields, goodsShown, payerFields } from './shop-fields';

/** The page on which a payer says how much, how many and in what, for a link that is `open`. */
export function choosePage(
  view: OfferView,
  values: ChoiceValues,
  fault: ChoiceFault | null,
  subscribing?: SubscribeState,
): string {
  const request = html`${view.shop === null ? null : coverImage(view.shop.coverImage, view.title)}${headline(view)}
${view.expiresAt === null ? null : html`<div class="state"><p>Open until ${countdown(view.expiresAt)}</p></div>`}
${offered(view)}
${view.shop === null ? null : goodsShown(view, view.shop)}`;
  const form =
    view.recurrence !== null
      ? subscribeForm(view, values, subscribing)
      : html`<section class="part methods" aria-labelledby="choose">
<h2 id="choose">${view.kind === 'donation' ? 'Your donation' : 'Your payment'}</h2>
<form action="/pay/${view.publicId}" method="post" novalidate>
${view.shop === null ? null : goodsFields(view, view.shop, values, fault)}
${choiceFields(view, values, fault)}
${view.shop === null ? null : payerFields(view.shop, values, fault)}
${submit(fault)}
<p class="hint">Nothing is charged yet. The next page has the exact amount and where to pay it.</p>
</form>
${earlier(view)}
</section>`;
  const title = `${fault === null ? '' : 'Error: '}Pay ${view.amount === null ? '' : `${view.amount} ${view.currency} `}- ${view.merchant}`;
  return pageDocument({ title, main: pageMain(view, html`data-state="open"`, request, form), live: true });
}

const ENDED: Readonly<Record<Exclude<OfferView['state'], 'open'>, readonly [string, string]>> = {
  inactive: [
    'Paused',
    'The merchant is not taking payments with this link at the moment. Try again later, or ask the merchant.',
  ],
  sold_out: [
    'Sold out',
    'Everything on offer here is taken. What somebody reserved without paying comes back after a while, so it can be worth looking again.',
  ],
  completed: ['Completed', 'Everything that was asked for with this link has been paid.'],
  expired: ['This link has expired', 'Its time is over. Ask the merchant for a new one. Nothing has been charged.'],
  cancelled: ['This link was cancelled', 'The merchant has withdrawn the request. Nothing has been charged.'],
};

/** The page of a link that cannot be paid now: merchant and title, no other terms. */
export function endedPage(view: OfferView & { readonly state: keyof typeof ENDED }): string {
  const [heading, sentence] = ENDED[view.state];
  const request = html`${block(view.state === 'completed' ? 'paid' : 'ended', heading, html`<p>${sentence}</p>${view.state === 'sold_out' || view.state === 'inactive' ? html`<p><a href="">Look again</a></p>` : null}${returnLink(view.returnUrl, view.merchant)}`)}
${purpose(html`For`, view.title, null, null)}`;
  return pageDocument({
    title: `${heading} - ${view.merchant}`,
    main: pageMain(view, html`data-state="${view.state}"`, request, null),
    live: true,
  });
}

/** A refusal of the whole form stands where the payer will try again. */
function submit(fault: ChoiceFault | null): Markup {
  const whole = fault !== null && fault.field === null;
  return html`${whole ? html`<p class="fault" id="choice-fault">${fault.message}</p>` : null}
<button type="submit" class="button" data-busy="One moment\u2026"${whole ? html` aria-describedby="choice-fault" autofocus` : null}>${fault === null ? 'Continue' : 'Try again'}</button>`;
}

/** Choosing anew ends nothing: what was chosen before can still be paid until its own time is over. */
function earlier({ own, current }: OfferView): Markup | null {
  if (own !== null)
    return html`<p class="hint"><a href="/pay/${own}">Back to the payment that was chosen before</a></p>`;
  return current === null
    ? null
    : html`<p class="hint">Somebody has opened this request before. If that was you, <a href="/pay/${current}">go on there</a>.</p>`;
}

function headline({ amount, currency, mostQuantity, shop, recurrence }: OfferView): Markup {
  if (shop?.sellsEverything === true)
    return html`<p class="amount long">You choose what to buy <span class="code">in ${currency}</span></p>`;
  if (amount === null) return html`<p class="amount long">You choose <span class="code">in ${currency}</span></p>`;
  return html`<p class="amount${amount.length > LONG_AMOUNT ? ' long' : ''}">${amountText(amount)} <span class="code">${currency}${recurrence === null ? '' : ` ${rhythmWords(recurrence)}`}${mostQuantity === null ? '' : ' each'}</span></p>`;
}

function offered(view: OfferView): Markup {
  const sums: Sum[] =
    view.tax === null ? [] : [[`Tax ${view.tax.percent} %`, view.tax.inclusive ? 'included' : 'added']];
  if (view.amount !== null)
    sums.push([
      isCounted(view) ? 'Total as filled in' : view.mostQuantity === null ? 'Total' : 'Price of one',
      view.amount,
    ]);
  return purpose(
    html`For, in the merchant's words`,
    view.title,
    view.shop?.isMarkdown === true && view.description !== null ? wordsMarkup(view.description) : view.description,
    (view.lines.length === 0 || isCounted(view)) && (view.tax === null || view.amount === null)
      ? null
      : account(view.currency, isCounted(view) ? [] : view.lines, sums),
  );
}

/** The payer says how many, so the lines stand in the form. */
function isCounted({ shop }: OfferView): boolean {
  return shop !== null && shop.goods !== null && shop.adjustsQuantity;
}
