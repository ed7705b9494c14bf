import type { Amount } from '../common/money';
import { STROOPS_PER_UNIT } from '../common/money';
import type { OrderBook, PriceLevel } from '../stellar/ledger-source';

/** Both best offers must agree this closely, in basis points of their middle, before the middle means anything. */
const MAX_SPREAD_BP = 500n;
const BASIS = 10_000n;

type Fraction = PriceLevel['price'];

/**
 * Middle between the best bid and the best ask: counter per base in 10^-7, halves up. Undefined when a side is
 * empty, the book is crossed, the sides lie more than 5 % apart, or the price rounds to nothing: such a book says
 * what somebody would like, not what the market pays.
 */
export function marketPrice(book: OrderBook): Amount | undefined {
  const bid = best(book.bids, (a, b) => less(b, a));
  const ask = best(book.asks, less);
  if (bid === undefined || ask === undefined || less(ask, bid)) return undefined;
  // Over the common denominator of both: bid = low / d, ask = high / d.
  const low = bid.n * ask.d;
  const high = ask.n * bid.d;
  const d = bid.d * ask.d;
  if ((high - low) * BASIS * 2n > MAX_SPREAD_BP * (low + high)) return undefined;
  const price = ((low + high) * STROOPS_PER_UNIT + d) / (2n * d);
  return price > 0n ? price : undefined;
}

/** The levels come best first, but a wrong order must not become a wrong price. */
function best(levels: readonly PriceLevel[], better: (a: Fraction, b: Fraction) => boolean): Fraction | undefined {
  const prices = levels.filter((level) => level.amount > 0n && level.price.n > 0n && level.price.d > 0n).map((level) => level.price);
  return prices.reduce<Fraction | undefined>((found, price) => (found === undefined || better(price, found) ? price : found), undefined);
}

function less(a: Fraction, b: Fraction): boolean {
  return a.n * b.d < b.n * a.d;
}
