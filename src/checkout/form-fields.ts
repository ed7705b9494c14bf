import { type ChoiceFault, type ChoiceField, type ChoiceValues, faultAt } from './choice-form';
import { html, type Markup } from './markup';
import type { OfferView } from './offer-view';

/** The fields by which a payer chooses, each with its hint and its fault (WCAG 3.3.1, 3.3.2). */
export function choiceFields(view: OfferView, values: ChoiceValues, fault: ChoiceFault | null): Markup {
  return html`${view.openAmount === null ? null : amountField(view, view.openAmount, values.amount, faultAt(fault, 'amount'))}
${view.mostQuantity === null ? null : quantityField(view.leastQuantity, view.mostQuantity, values.quantity, faultAt(fault, 'quantity'))}
${assetField(view, values.asset, faultAt(fault, 'asset'))}
<input type="hidden" name="token" value="${values.token}">`;
}

function amountField(
  view: OfferView,
  { minimum, maximum, presets }: NonNullable<OfferView['openAmount']>,
  value: string,
  fault: string | null,
): Markup {
  return html`<div class="entry">
<label for="amount">Amount in ${view.currency}</label>
<input id="amount" name="amount" inputmode="decimal" autocomplete="off" required maxlength="20" value="${value}" ${described('amount', fault)}>
${faultText('amount', fault)}
<p class="hint" id="amount-hint">From ${minimum} to ${maximum} ${view.currency}${view.tax === null ? null : `, ${view.tax.percent} % tax ${view.tax.inclusive ? 'included' : 'added'}`}</p>
${presets.length === 0 ? null : html`<ul class="presets" aria-label="Suggested amounts">${presets.map((preset) => html`<li><a href="/pay/${view.publicId}?choose&amp;amount=${encodeURIComponent(preset)}" data-fill="${preset}"${preset === value ? html` aria-current="true"` : null}>${preset}<span class="unseen"> ${view.currency}</span></a></li>`)}</ul>`}
</div>`;
}

function quantityField(least: number, most: number, value: string, fault: string | null): Markup {
  return html`<div class="entry">
<label for="quantity">Quantity</label>
<input id="quantity" name="quantity" type="number" inputmode="numeric" min="${least}" max="${most}" step="1" required autocomplete="off" value="${value}" ${described('quantity', fault)}>
${faultText('quantity', fault)}
<p class="hint" id="quantity-hint">${least > 1 ? `At least ${least}, at most ${most}` : `At most ${most}`}</p>
</div>`;
}

/** What to pay with; where there is one, it is said. */
export function assetField({ assets }: OfferView, chosen: string, fault: string | null): Markup {
  const [only, ...others] = assets;
  if (only !== undefined && others.length === 0 && fault === null)
    return html`<div class="entry"><p>Paid in <strong>${only.code}</strong> <span class="label">${only.name}</span></p><input type="hidden" name="asset" value="${only.code}"></div>`;
  return html`<fieldset class="entry" role="radiogroup"${fault === null ? null : html` aria-invalid="true" aria-describedby="asset-fault"`}>
<legend>Pay with</legend>
${faultText('asset', fault)}
${assets.map(({ code, name }, index) => html`<label class="option"><input type="radio" name="asset" value="${code}"${code === chosen ? html` checked` : null}${fault !== null && index === 0 ? html` autofocus` : null}> <span><strong>${code}</strong> <span class="label">${name}</span></span></label>`)}
</fieldset>`;
}

function described(field: ChoiceField, fault: string | null): Markup {
  return fault === null
    ? html`aria-describedby="${field}-hint"`
    : html`aria-invalid="true" aria-describedby="${field}-fault ${field}-hint" autofocus`;
}

function faultText(field: ChoiceField, fault: string | null): Markup | null {
  return fault === null ? null : html`<p class="fault" id="${field}-fault">${fault}</p>`;
}
