import type { Amount } from '../../common/money';
import type { Product } from '../../products/product';
import type { ItemTax, WorthItem } from './link-worth';

/** A product as a link offers it. */
export interface OfferedGood {
  readonly product: Product;
  /** 0 where nothing of it was taken yet. */
  readonly quantity: number;
  /** In the link's currency; null while it is not sold. */
  readonly price: Amount | null;
  /** Of all pieces: a price that a rate makes is rounded once for them, and not for each. Null while it is not sold. */
  readonly sum: Amount | null;
  readonly tax: ItemTax | null;
}

/** What of these can be bought; empty where nothing can. */
export function itemsOf(goods: readonly OfferedGood[]): WorthItem[] {
  return goods.flatMap(({ product, quantity, price, sum, tax }) =>
    price === null || sum === null || quantity === 0
      ? []
      : [{ description: product.name, price, sum, tax, pieces: quantity }],
  );
}
