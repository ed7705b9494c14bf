import type { PaymentLink } from '../payment-link';

/** What of a link's goods is taken. Pure. */

/** How many of a product. */
export interface BasketLine {
  readonly productId: string;
  /** At least 1. */
  readonly quantity: number;
}

export type Basket = readonly BasketLine[];

/** Of one product in one payment. */
export const MAX_LINE_QUANTITY = 1000;
/** Different products in one payment. */
export const MAX_BASKET_LINES = 50;

type Selling = Pick<
  PaymentLink,
  'kind' | 'amount' | 'productIds' | 'productQuantities' | 'adjustsQuantity' | 'sellsEverything'
>;

/** Why a basket cannot be had; `productId` where it is about one line. */
export interface BasketFault {
  readonly productId: string | null;
  readonly message: string;
}

/** True where products decide the price. */
export function sellsGoods({ kind, amount }: Pick<Selling, 'kind' | 'amount'>): boolean {
  return kind === 'product' && amount === null;
}

/** What the link itself names. */
export function namedBasket({ productIds, productQuantities }: Selling): BasketLine[] {
  return productIds.map((productId, at) => ({ productId, quantity: productQuantities[at] ?? 1 }));
}

/**
 * The basket that a payer asks for; null where the link sells no goods. Lines that the payer leaves out stay as the link says. A quantity that is
 * not the payer's to say is a fault and not passed over, because it was meant to change the price.
 */
export function basketOf(
  link: Selling,
  said: Basket | undefined,
): { readonly basket: Basket | null } | { readonly fault: BasketFault } {
  if (!sellsGoods(link))
    return said === undefined ? { basket: null } : { fault: whole('belong to links that sell products') };
  const wrong = said === undefined ? undefined : shapeFault(said);
  if (wrong !== undefined) return { fault: wrong };
  return link.sellsEverything ? picked(link, said ?? []) : named(link, said ?? []);
}

function picked({ adjustsQuantity }: Selling, said: Basket): ReturnType<typeof basketOf> {
  if (said.length === 0) return { fault: whole('must name at least one product') };
  const more = adjustsQuantity ? undefined : said.find(({ quantity }) => quantity !== 1);
  return more === undefined ? { basket: said } : { fault: fixed(more.productId, 1) };
}

function named(link: Selling, said: Basket): ReturnType<typeof basketOf> {
  const basket = namedBasket(link);
  const known = new Map(basket.map((line) => [line.productId, line.quantity]));
  for (const { productId, quantity } of said) {
    const own = known.get(productId);
    if (own === undefined) return { fault: { productId, message: 'is not sold by this payment link' } };
    if (!link.adjustsQuantity && quantity !== own) return { fault: fixed(productId, own) };
  }
  const wanted = new Map(said.map((line) => [line.productId, line.quantity]));
  return {
    basket: basket.map(({ productId, quantity }) => ({ productId, quantity: wanted.get(productId) ?? quantity })),
  };
}

function shapeFault(said: Basket): BasketFault | undefined {
  if (said.length > MAX_BASKET_LINES) return whole(`must name at most ${MAX_BASKET_LINES} products`);
  const twice = said.find(({ productId }, at) => said.findIndex((each) => each.productId === productId) !== at);
  if (twice !== undefined) return { productId: twice.productId, message: 'must not be named twice' };
  const odd = said.find(
    ({ quantity }) => !Number.isSafeInteger(quantity) || quantity < 1 || quantity > MAX_LINE_QUANTITY,
  );
  return odd === undefined
    ? undefined
    : { productId: odd.productId, message: `must be a whole number from 1 to ${MAX_LINE_QUANTITY}` };
}

function fixed(productId: string, quantity: number): BasketFault {
  return { productId, message: `is fixed for this payment link: it must be ${quantity}` };
}

function whole(message: string): BasketFault {
  return { productId: null, message };
}

/** The same lines in the same numbers, in whatever order. */
export function sameBasket(one: Basket | null, other: Basket | null): boolean {
  return basketText(one) === basketText(other);
}

export function basketText(basket: Basket | null): string {
  return (basket ?? [])
    .map(({ productId, quantity }) => `${productId} ${quantity}`)
    .toSorted()
    .join(',');
}
