import type { Amount, ParsedAmount } from '../../../common/money';
import { MAX_LINE_QUANTITY } from '../../../links/offers/basket';
import { SHOP_MINIMUM } from '../../../links/offers/link-pricing.service';
import type { LinkChange } from '../../../links/terms/link-change';
import type { LinkWish } from './payment-link-wish';

/** What a shop's wish makes of a link. Pure. */

/** In the domain's words; everything that a shop may say and change. */
export type WishedTerms = Required<
  Omit<LinkChange, 'status' | 'metadata' | 'successRedirectUrl' | 'unsuccessRedirectUrl'>
>;

/** Decimals that every amount is printed with at least. */
const MIN_SCALE = 2;

/** True where the products decide the price, whatever the amount. */
export function sellsProducts({ linkType, paymentLinkProducts, isForAllProduct }: LinkWish): boolean {
  return linkType === 'PRODUCT' && (isForAllProduct || paymentLinkProducts.length > 0);
}

/** True where the payer says how much. */
export function asksAmount({ linkType, amount }: LinkWish): boolean {
  return (linkType === 'DONATION' || linkType === 'COLLECTION') && amount === null;
}

/** Of a wish without faults; `maximum` is what one payment in its currency may be worth. */
export function termsOf(wish: LinkWish, maximum: Amount): WishedTerms {
  const isProduct = wish.linkType === 'PRODUCT';
  const isReusable = wish.linkType !== 'INVOICE';
  const isCounted = isReusable && wish.linkType !== 'SUBSCRIPTION';
  const isOpen = asksAmount(wish);
  const amount = sellsProducts(wish) ? null : wish.amount;
  const { customFields } = wish;
  return {
    ...(isOpen ? openAmount(wish, maximum) : { minimum: null, maximum: null, presets: null }),
    amount: amount?.amount ?? null,
    scale: scaleOf(isOpen ? [wish.minAmount, wish.maxAmount, ...wish.presetAmounts] : [amount]),
    maxPayments: isReusable && wish.limitPayments ? wish.maxPayments : null,
    // Of one thing that has a price; of products each line has its own number.
    maxQuantity: isCounted && amount !== null && wish.allowQuantityAdjustment ? MAX_LINE_QUANTITY : null,
    // Kept as it was said; without goods nothing reads it.
    adjustsQuantity: wish.allowQuantityAdjustment,
    sellsEverything: isProduct && wish.isForAllProduct,
    productIds: wish.paymentLinkProducts.map(({ productId }) => productId),
    productQuantities: wish.paymentLinkProducts.map(({ quantity }) => quantity),
    title: wish.title,
    description: wish.description,
    coverImage: wish.coverImage,
    customFields:
      customFields === null || Object.keys(customFields).length === 0
        ? null
        : (customFields as Readonly<Record<string, string>>),
    collectsAddress: wish.collectAddress,
    showsCodes: wish.allowMobilePayment,
    collectsTax: wish.collectTax,
    taxRateId: wish.taxId,
    paidFor: wish.paymentForId,
    customerId: wish.customerId,
    expiresAt: wish.expiration_date,
  };
}

/** The terms in which a wish differs from what was wished before: what is not touched stays as it is, however another family has made it. */
export function changedTerms(before: WishedTerms, after: WishedTerms): Partial<WishedTerms> {
  const text = (value: unknown): string | undefined =>
    JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
  const names = (Object.keys(after) as (keyof WishedTerms)[]).filter(
    (name) => text(before[name]) !== text(after[name]),
  );
  return Object.fromEntries(names.map((name) => [name, after[name]]));
}

function openAmount(
  { minAmount, maxAmount, presetAmounts }: LinkWish,
  most: Amount,
): { minimum: Amount; maximum: Amount; presets: Amount[] } {
  return {
    minimum: minAmount?.amount ?? SHOP_MINIMUM,
    maximum: maxAmount?.amount ?? most,
    presets: [...new Set(presetAmounts.map(({ amount }) => amount))],
  };
}

function scaleOf(amounts: readonly (ParsedAmount | null)[]): number {
  return Math.max(MIN_SCALE, ...amounts.map((each) => each?.scale ?? 0));
}
