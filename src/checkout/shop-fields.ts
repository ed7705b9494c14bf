import { type ChoiceFault, type ChoiceField, type ChoiceValues, faultAt } from './choice-form';
import { html, type Markup } from './markup';
import type { GoodOffer } from '../links/offers/link-offer';
import { wordsMarkup } from './markdown';
import { goodPicture, imageHostsOf } from './pictures';
import { MAX_LINE_QUANTITY } from '../links/offers/basket';
import { ADDRESS_PARTS } from '../links/offers/sent-details';
import type { CatalogueView, OfferView } from './offer-view';
import { amountText } from './pay-summary';
import { FIELD } from './shop-form';

type Shop = NonNullable<OfferView['shop']>;

/** The goods that the payer may choose from or count. */
export function goodsFields(
  view: OfferView,
  shop: Shop,
  values: ChoiceValues,
  fault: ChoiceFault | null,
): Markup | null {
  if (shop.sellsEverything) return catalogueFields(view, shop, values, fault);
  if (shop.goods === null || !shop.adjustsQuantity) return forgery(shop, fault);
  return html`<fieldset class="entry goods">
<legend>How many</legend>
${shop.goods.map((good) => goodRow(good, { ...view, hosts: imageHostsOf(view), first: fault?.field ?? null }, true, quantityOf(values, good.productId), faultAt(fault, `items.${good.productId}`)))}
${whole(fault, shop.goods)}
</fieldset>`;
}

/** No field of the form says how many, so a fault stands where the fields would. */
function forgery({ goods }: Shop, fault: ChoiceFault | null): Markup | null {
  const [first] = (goods ?? []).flatMap(({ productId }) => faultAt(fault, `items.${productId}`) ?? []);
  return faultText('items', first ?? null);
}

/** Searched and turned over by the same form, sent to another place: what was typed comes along, and stands in no address. */
function catalogueFields(view: OfferView, shop: Shop, values: ChoiceValues, fault: ChoiceFault | null): Markup {
  const { goods, taken, more, words } = view.catalogue ?? NO_CATALOGUE;
  const shown = { ...view, hosts: imageHostsOf(view), first: fault?.field ?? null };
  const row = (good: GoodOffer): Markup =>
    goodRow(
      good,
      shown,
      shop.adjustsQuantity,
      quantityOf(values, good.productId),
      faultAt(fault, `items.${good.productId}`),
    );
  const ask = (name: string, value: string, label: string): Markup =>
    html`<button type="submit" class="copy" formaction="/pay/${view.publicId}/catalogue" name="${name}" value="${value}">${label}</button>`;
  return html`<fieldset class="entry goods">
<legend>Choose from everything on sale</legend>
${whole(fault, [...taken, ...goods])}
${taken.length === 0 ? null : html`<p class="label">Chosen so far</p>${taken.map(row)}`}
${view.catalogue?.isLarge === true ? html`<div class="search"><label for="words" class="unseen">Search</label><input id="words" name="words" type="search" maxlength="100" value="${words}" placeholder="Search" autocomplete="off">${ask('after', '', 'Search')}</div>` : null}
${goods.length === 0 ? html`<p class="hint">${words === '' ? 'There is nothing more on sale.' : `Nothing on sale is called ${words}.`}</p>` : goods.map(row)}
${more === null ? null : html`<p>${ask('after', more, 'Show more')}</p>`}
</fieldset>`;
}

const NO_CATALOGUE: CatalogueView = { goods: [], taken: [], more: null, words: '', isLarge: false };

function quantityOf({ shop }: ChoiceValues, productId: string): string {
  return shop.quantities.get(productId) ?? '';
}

/** What all rows of a page have in common. */
interface Shown {
  readonly currency: string;
  /** Of pictures. */
  readonly hosts: readonly string[];
  /** The first field that is wrong: who reads with fingers or ears begins there. */
  readonly first: ChoiceField | null;
}

/** A line that is closed keeps its place, and says why. */
function goodRow(
  good: GoodOffer,
  { currency, hosts, first }: Shown,
  counted: boolean,
  value: string,
  fault: string | null,
): Markup {
  const { productId, name, price } = good;
  const id = FIELD.quantity(productId);
  const notes =
    fault === null
      ? html` aria-describedby="${id}-about"`
      : html` aria-invalid="true" aria-describedby="${id}-fault ${id}-about"${focus(first === `items.${productId}`)}`;
  if (price === null)
    return html`<div class="good closed"><span class="about theirs" dir="auto">${name}</span><span class="hint">${good.unpriced === true ? `Has no price in ${currency} now` : 'Not sold any more'}</span></div>
${faultText(id, fault)}`;
  const field = counted
    ? html`<input id="${id}" name="${id}" type="number" inputmode="numeric" min="0" max="${MAX_LINE_QUANTITY}" step="1" autocomplete="off" value="${value}"${notes}>`
    : html`<input id="${id}" name="${id}" type="checkbox" value="1"${value === '1' ? html` checked` : null}${notes}>`;
  return html`<div class="good">${goodPicture(good.image, hosts)}<div class="about"><label for="${id}" class="theirs" dir="auto">${name}</label>
<span class="label" id="${id}-about">${amountText(price)} ${currency}</span>${goodWords(good)}</div>${field}</div>
${faultText(id, fault)}`;
}

/** Pictures and words of goods whose number is fixed; what they cost stands in the account above. */
export function goodsShown(view: OfferView, { goods, adjustsQuantity, sellsEverything }: Shop): Markup | null {
  if (goods === null || adjustsQuantity || sellsEverything) return null;
  const hosts = imageHostsOf(view);
  const told = goods.flatMap((good) => {
    const [picture, words] = [goodPicture(good.image, hosts), goodWords(good)];
    return picture === null && words === null
      ? []
      : [
          html`<div class="good">${picture}<div class="about"><span class="theirs" dir="auto">${good.name}</span>${words}</div></div>`,
        ];
  });
  return told.length === 0 ? null : html`<div class="goods">${told}</div>`;
}

function goodWords({ description }: GoodOffer): Markup | null {
  return description === null ? null : html`<div class="words marked theirs">${wordsMarkup(description)}</div>`;
}

/** What is wrong with the choice as a whole, or with a product that has no line here any more. */
function whole(fault: ChoiceFault | null, shown: readonly GoodOffer[]): Markup | null {
  const lines = new Set(shown.map(({ productId }) => `items.${productId}`));
  const lost = [fault, ...(fault?.others ?? [])].find(
    (each) => each?.field?.startsWith('items.') && !lines.has(each.field),
  );
  return faultText(
    'items',
    faultAt(fault, 'items') ?? lost?.message.replace(/^This product/, 'A product that you chose') ?? null,
  );
}

function focus(isFirst: boolean): Markup | null {
  return isFirst ? html` autofocus` : null;
}

/** Who pays: asked for by shops, and required only where the merchant has to send something. */
export function payerFields(shop: Shop, values: ChoiceValues, fault: ChoiceFault | null, asksEmail = true): Markup {
  const { name, email, address, answers } = values.shop;
  const questions = Object.entries(shop.customFields ?? {});
  return html`${shop.asksName ? line('name', 'Name', name, 'name', fault, false) : null}
${shop.asksName && asksEmail ? line('email', 'E-mail', email, 'email', fault, false) : null}
${
  shop.asksAddress
    ? html`<fieldset class="entry"><legend>Postal address</legend>${faultText('address', faultAt(fault, 'address'))}
${ADDRESS_PARTS.map((part) => line(part, ADDRESS_LABELS[part], address[part], ADDRESS_HINTS[part], fault, true, `address.${part}`))}</fieldset>`
    : null
}
${questions.map(([key, label], index) => question(FIELD.answer(index), label, answers.get(key) ?? '', faultAt(fault, `customFields.${key}`), fault?.field === `customFields.${key}`))}
${faultText('customFields', faultAt(fault, 'customFields'))}`;
}

const ADDRESS_LABELS = {
  street: 'Street and number',
  city: 'City',
  postalCode: 'Postal code',
  country: 'Country',
} as const;
/** WCAG 1.3.5: what browsers fill in by themselves. */
const ADDRESS_HINTS = {
  street: 'street-address',
  city: 'address-level2',
  postalCode: 'postal-code',
  country: 'country-name',
} as const;

function line(
  name: string,
  label: string,
  value: string,
  autocomplete: string,
  fault: ChoiceFault | null,
  required: boolean,
  field: ChoiceField = name,
): Markup {
  const wrong = faultAt(fault, field);
  return html`<div class="entry">
<label for="${name}">${label}${required ? null : html` <span class="label">optional</span>`}</label>
<input id="${name}" name="${name}" type="${name === 'email' ? 'email' : 'text'}" dir="auto" maxlength="254" autocomplete="${autocomplete}" value="${value}"${required ? html` required` : null}${wrong === null ? null : html` aria-invalid="true" aria-describedby="${name}-fault"${focus(fault?.field === field)}`}>
${faultText(name, wrong)}
</div>`;
}

function question(name: string, label: string, value: string, fault: string | null, isFirst: boolean): Markup {
  return html`<div class="entry">
<label for="${name}" class="theirs" dir="auto">${label} <span class="label">optional</span></label>
<textarea id="${name}" name="${name}" dir="auto" rows="2" maxlength="20000"${fault === null ? null : html` aria-invalid="true" aria-describedby="${name}-fault"${focus(isFirst)}`}>${value}</textarea>
${faultText(name, fault)}
</div>`;
}

function faultText(id: string, fault: string | null): Markup | null {
  return fault === null ? null : html`<p class="fault" id="${id}-fault">${fault}</p>`;
}
