import { compareFractions, floorTimes, type Fraction, fraction, isWithin, middleOf } from '../common/fraction';
import type { Amount } from '../common/money';
import type { OrderBook, PriceLevel } from '../stellar/ledger-source';

export interface BookRules {
  /** In the counter asset: what both sides must be able to trade. 0 asks for one offer a side. */
  readonly depth: Amount;
  /** How far apart the sides may be, in basis points of their middle. */
  readonly maxSpreadBp: number;
}

/**
 * Counter per base: the middle between the prices that must be reached on each side to trade `depth`, so that an
 * offer of a few units moves nothing. Undefined when a side cannot trade that much, the book is crossed, or the
 * sides are too far apart: such a book shows wishes, not a market price.
 */
export function bookMiddle(book: OrderBook, rules: BookRules): Fraction | undefined {
  // The levels come best first, but a wrong order must not become a wrong price.
  const bids = book.bids.filter(isOffer).toSorted((a, b) => compareFractions(b.price, a.price));
  const asks = book.asks.filter(isOffer).toSorted((a, b) => compareFractions(a.price, b.price));
  const [bestBid, bestAsk] = [bids[0], asks[0]];
  if (bestBid === undefined || bestAsk === undefined || compareFractions(bestBid.price, bestAsk.price) > 0)
    return undefined;
  // `amount` is in the counter asset for bids and in the base for asks.
  const bid = reached(bids, rules.depth, ({ amount }) => amount);
  const ask = reached(asks, rules.depth, ({ amount, price }) => floorTimes(amount, price));
  if (bid === undefined || ask === undefined) return undefined;
  const middle = middleOf(bid, ask);
  return isWithin(bid, ask, middle, rules.maxSpreadBp) ? middle : undefined;
}

function reached(
  levels: readonly PriceLevel[],
  depth: Amount,
  worth: (level: PriceLevel) => Amount,
): Fraction | undefined {
  let traded = 0n;
  for (const level of levels) {
    traded += worth(level);
    if (traded >= depth) return fraction(level.price.n, level.price.d);
  }
  return undefined;
}

function isOffer({ amount, price }: PriceLevel): boolean {
  return amount > 0n && price.n > 0n && price.d > 0n;
}
