import { periodEnd } from '../../subscriptions/period-dates';
import { type ChoiceFault, type ChoiceValues, faultAt } from '../choice-form';
import { assetField } from '../form-fields';
import { html, type Markup } from '../markup';
import type { OfferView } from '../offer-view';
import { payerFields } from '../shop-fields';
import { dayWords, rhythmWords } from './rhythm-words';

/** What a payer's form holds, and what is wrong with it. */
export interface SubscribeState {
  readonly token: string;
  readonly email: string;
  readonly fault: string | null;
  /** What is wrong with who pays, each beside its field. */
  readonly details?: ChoiceFault | null;
}

/** What a payer agrees to, in one sentence. */
export function promise({ amount, currency, recurrence, now }: OfferView): string {
  if (recurrence === null) return '';
  const { billingCycles } = recurrence;
  const next = periodEnd(now, { interval: recurrence.interval, count: recurrence.intervalCount }, 0);
  const end = billingCycles === null ? '' : `, ${billingCycles} ${billingCycles === 1 ? 'time' : 'times'} in all`;
  return `${amount} ${currency} ${rhythmWords(recurrence)}${end}, next on ${dayWords(next)} if you pay today, cancel at any time.`;
}

/** The form by which a payer subscribes; it works without a script. */
export function subscribeForm(view: OfferView, values: ChoiceValues, state?: SubscribeState): Markup {
  const { token } = values;
  const [asset] = view.assets;
  const fault = state?.fault ?? null;
  return html`<section class="part methods" aria-labelledby="subscribe">
<h2 id="subscribe">Subscribe</h2>
<p>${promise(view)}</p>
<form action="/pay/${view.publicId}/subscription" method="post" novalidate>
${
  view.assets.length > 1
    ? html`${assetField(view, values.asset, faultAt(state?.details ?? null, 'asset'))}
<p class="hint">For the first period. You choose again for each of the others.</p>`
    : html`<input type="hidden" name="asset" value="${asset?.code ?? ''}">`
}
<input type="hidden" name="token" value="${state?.token ?? token}">
<div class="entry">
<label for="email">E-mail address, if you want to be reminded</label>
<input id="email" name="email" type="email" autocomplete="email" maxlength="320" value="${state?.email ?? ''}" ${fault === null ? html`aria-describedby="email-hint"` : html`aria-invalid="true" aria-describedby="email-fault email-hint" autofocus`}>
${fault === null ? null : html`<p class="fault" id="email-fault">${fault}</p>`}
<p class="hint" id="email-hint">Nobody can take money from your wallet: you pay each period yourself.</p>
</div>
${view.shop === null ? null : payerFields(view.shop, values, state?.details ?? null, false)}
<button type="submit" class="button" data-busy="One moment\u2026">Continue</button>
<p class="hint">Nothing is charged yet. The next page is yours alone: keep its address.</p>
</form>
</section>`;
}
