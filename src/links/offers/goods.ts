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
  readonly tax: ItemTax | null;
}

/** What of these can be bought; empty where nothing can. */
export function itemsOf(goods: readonly OfferedGood[]): WorthItem[] {
  return goods.flatMap(({ product, quantity, price, tax }) =>
    price === null || quantity === 0 ? [] : [{ description: product.name, price, tax, pieces: quantity }],
  );
}
