import type { Amount } from '../common/money';
import { STROOPS_PER_UNIT } from '../common/money';
import { bookMiddle } from '../rates/book-price';
import type { OrderBook } from '../stellar/ledger-source';

/** Both best offers must agree this closely, in basis points of their middle, before the middle means anything. */
const MAX_SPREAD_BP = 500;

/**
 * Middle between the best bid and the best ask: counter per base in 10^-7, halves up. Undefined when a side is
 * empty, the book is crossed, the sides lie more than 5 % apart, or the price rounds to nothing.
 */
export function marketPrice(book: OrderBook): Amount | undefined {
  const middle = bookMiddle(book, { depth: 0n, maxSpreadBp: MAX_SPREAD_BP });
  if (middle === undefined) return undefined;
  const price = (middle.n * STROOPS_PER_UNIT * 2n + middle.d) / (2n * middle.d);
  return price > 0n ? price : undefined;
}
