import type { InputFault } from '../../../common/errors';
import { type Amount, formatAmount } from '../../../common/money';
import { SHOP_MINIMUM } from '../../../links/offers/link-pricing.service';
import { isCoverImage } from '../../../links/terms/cover-image';
import type { TermFault } from '../../../links/terms/link-request';
import { deadline } from '../../../links/terms/link-terms';
import { customFieldFaults } from '../../../links/terms/custom-fields';
import { asksAmount, sellsProducts } from './payment-link-terms';
import type { LinkWish } from './payment-link-wish';
import { subscriptionFaults } from './subscription-wish';

/** What is wrong with a shop's wish beside the shapes of its members. Pure. */

/** What is known of a wish beside itself. */
export interface WishFacts {
  /** Otherwise what nobody touches is as another family may have made it, and is not judged again. */
  readonly isNew: boolean;
  /** Members that were sent and are sound. */
  readonly said: ReadonlySet<string>;
  /** Members that were sent and are at fault: nothing follows from them. */
  readonly faulty: ReadonlySet<string>;
  /** What one payment in the link's currency may be worth; null where the currency is at fault. */
  readonly maximum: Amount | null;
  readonly now: Date;
}

type Say = (path: string, message: string) => void;

const PRICE = ['amount', 'paymentLinkProducts', 'isForAllProduct'] as const;
const BOUNDS = ['minAmount', 'maxAmount', 'presetAmounts'] as const;

/** Every fault in the order of the members. */
export function wishFaults(wish: LinkWish, facts: WishFacts): InputFault[] {
  const faults: InputFault[] = [];
  const say: Say = (path, message) => void faults.push({ path, message });
  const isKnown = (...names: string[]): boolean => names.every((name) => !facts.faulty.has(name));
  if (isKnown('linkType')) {
    if (wish.linkType === 'SUBSCRIPTION') faults.push(...subscriptionFaults(wish, isKnown));
    if (facts.isNew || PRICE.some((name) => facts.said.has(name))) priceFaults(wish, isKnown, say);
    boundFaults(wish, facts, isKnown, say);
  }
  amountFaults(wish, facts, say);
  productFaults(wish, say);
  taxFaults(wish, facts, isKnown, say);
  limitFaults(wish, facts, isKnown, say);
  if (facts.said.has('coverImage') && wish.coverImage !== null && !isCoverImage(wish.coverImage))
    say(
      'coverImage',
      'must be the https address of an image on the public internet, such as https://example.com/a.jpg',
    );
  if (facts.said.has('customFields') && wish.customFields !== null)
    faults.push(...customFieldFaults(wish.customFields));
  if (facts.said.has('expiration_date') && wish.expiration_date !== null)
    faults.push(...deadlineFaults(wish.expiration_date, facts.now));
  return faults;
}

type IsKnown = (...names: string[]) => boolean;

/** Where the price comes from. */
function priceFaults(wish: LinkWish, isKnown: IsKnown, say: Say): void {
  const { linkType, amount, paymentLinkProducts, isForAllProduct } = wish;
  if (linkType !== 'PRODUCT') {
    if (paymentLinkProducts.length > 0)
      say('paymentLinkProducts', `belong to links of the type PRODUCT, not ${linkType}`);
    if (isForAllProduct) say('isForAllProduct', `belongs to links of the type PRODUCT, not ${linkType}`);
    if (linkType === 'INVOICE' && amount === null && isKnown('amount'))
      say('amount', 'is required for an INVOICE: what is to be paid once');
    return;
  }
  if (isForAllProduct && paymentLinkProducts.length > 0)
    say(
      'isForAllProduct',
      'must be false where paymentLinkProducts names some: the payer picks from all or from these',
    );
  if (amount === null && !sellsProducts(wish) && isKnown('amount', 'paymentLinkProducts', 'isForAllProduct'))
    say(
      'paymentLinkProducts',
      'must name a product, or amount or isForAllProduct must be given: a PRODUCT needs a price',
    );
}

function boundFaults(wish: LinkWish, { said, maximum }: WishFacts, isKnown: IsKnown, say: Say): void {
  const isSaid = (name: (typeof BOUNDS)[number]): boolean =>
    said.has(name) && wish[name] !== null && (name !== 'presetAmounts' || wish.presetAmounts.length > 0);
  if (!asksAmount(wish)) {
    if (isKnown('amount'))
      for (const name of BOUNDS.filter(isSaid)) say(name, 'belongs to donations without an amount: the payer says it');
    return;
  }
  if (!isKnown('amount', ...BOUNDS)) return;
  const least = wish.minAmount?.amount ?? SHOP_MINIMUM;
  const most = wish.maxAmount?.amount ?? maximum;
  if (most === null) return;
  if (least > most) say('minAmount', 'must not be above maxAmount');
  else if (wish.presetAmounts.some(({ amount }) => amount < least || amount > most))
    say('presetAmounts', 'must lie between minAmount and maxAmount');
}

function amountFaults(wish: LinkWish, { said, maximum }: WishFacts, say: Say): void {
  if (maximum === null) return;
  const isAbove = (each: { readonly amount: Amount } | null): boolean => each !== null && each.amount > maximum;
  const message = `must be at most ${formatAmount(maximum)} ${wish.currency.toLowerCase()}`;
  for (const name of ['amount', 'minAmount', 'maxAmount'] as const)
    if (said.has(name) && isAbove(wish[name])) say(name, message);
}

function productFaults({ paymentLinkProducts }: LinkWish, say: Say): void {
  const ids = paymentLinkProducts.map(({ productId }) => productId);
  ids.forEach((id, at) => {
    if (ids.indexOf(id) < at) say(`paymentLinkProducts.${at}.productId`, 'must not be named twice: use its quantity');
  });
}

function taxFaults({ collectTax, taxId }: LinkWish, { said }: WishFacts, isKnown: IsKnown, say: Say): void {
  const isSaid = said.has('collectTax') || said.has('taxId');
  if (isSaid && collectTax === true && taxId === null && isKnown('collectTax', 'taxId'))
    say('taxId', 'is required where collectTax is true: the id of the tax to take');
}

function limitFaults(
  { linkType, limitPayments, maxPayments }: LinkWish,
  { said }: WishFacts,
  isKnown: IsKnown,
  say: Say,
): void {
  if (linkType === 'INVOICE' && !limitPayments && said.has('limitPayments') && isKnown('linkType', 'limitPayments'))
    say('limitPayments', 'must be true for an INVOICE, which is paid once: leave it out');
  if (!limitPayments || !isKnown('limitPayments', 'maxPayments')) return;
  if (maxPayments === null) say('maxPayments', 'is required where limitPayments is true: how many payments at most');
  else if (linkType === 'INVOICE' && maxPayments !== 1 && isKnown('linkType'))
    say('maxPayments', 'must be 1 for an INVOICE, which is paid once');
}

function deadlineFaults(text: string, now: Date): InputFault[] {
  const faults: TermFault[] = [];
  deadline(text, now, faults, false);
  return faults.map(({ detail }) => ({ path: 'expiration_date', message: detail }));
}
