import fc from 'fast-check';
import type { Amount } from '../../common/money';
import { type Basket, basketOf, MAX_BASKET_LINES, sameBasket } from './basket';
import { type WorthItem, worthOf } from './link-worth';

const LINK = {
  kind: 'product' as const,
  amount: null,
  productIds: ['a', 'b'],
  productQuantities: [2, 1],
  adjustsQuantity: true,
  sellsEverything: false,
};
const take = (...lines: [string, number][]): Basket => lines.map(([productId, quantity]) => ({ productId, quantity }));
const told = (link: Partial<Omit<typeof LINK, 'amount'>> & { amount?: Amount | null }, said?: Basket): unknown => {
  const judged = basketOf({ ...LINK, ...link }, said);
  if ('fault' in judged) return `${judged.fault.productId ?? 'all'} ${judged.fault.message}`;
  return judged.basket?.map(({ productId, quantity }) => `${productId} ${quantity}`) ?? null;
};

describe('the basket of a link', () => {
  it.each<[string, Parameters<typeof told>[0], Basket | undefined, unknown]>([
    ['what the link names', {}, undefined, ['a 2', 'b 1']],
    ['what the payer says of one line', {}, take(['b', 5]), ['a 2', 'b 5']],
    ['the lines in the order of the link', {}, take(['b', 5], ['a', 1]), ['a 1', 'b 5']],
    ['a quantity that is fixed', { adjustsQuantity: false }, take(['a', 2]), ['a 2', 'b 1']],
    ['a forged quantity', { adjustsQuantity: false }, take(['a', 1]), 'a is fixed for this payment link: it must be 2'],
    ['a product of somebody else', {}, take(['c', 1]), 'c is not sold by this payment link'],
    ['nothing of a line', {}, take(['a', 0]), 'a must be a whole number from 1 to 1000'],
    ['less than nothing', {}, take(['a', -1]), 'a must be a whole number from 1 to 1000'],
    ['a part of a piece', {}, take(['a', 1.5]), 'a must be a whole number from 1 to 1000'],
    ['more than may be', {}, take(['a', 1001]), 'a must be a whole number from 1 to 1000'],
    ['one line twice', {}, take(['a', 1], ['a', 1]), 'a must not be named twice'],
    ['a pick', { sellsEverything: true, productIds: [] }, take(['z', 3]), ['z 3']],
    [
      'a pick where one of each is sold',
      { sellsEverything: true, adjustsQuantity: false, productIds: [] },
      take(['z', 3]),
      'z is fixed for this payment link: it must be 1',
    ],
    ['an empty pick', { sellsEverything: true, productIds: [] }, [], 'all must name at least one product'],
    ['no pick', { sellsEverything: true, productIds: [] }, undefined, 'all must name at least one product'],
    [
      'too many lines',
      { sellsEverything: true, productIds: [] },
      take(...Array.from({ length: MAX_BASKET_LINES + 1 }, (_, at): [string, number] => [`p${at}`, 1])),
      `all must name at most ${MAX_BASKET_LINES} products`,
    ],
    ['nothing, for an amount', { amount: 5n }, undefined, null],
    ['goods, for an amount', { amount: 5n }, take(['a', 1]), 'all belong to links that sell products'],
  ])('is %s', (_what, link, said, expected) => {
    expect(told(link, said)).toEqual(expected);
  });

  it('is the same in any order, and another with any other number', () => {
    expect(sameBasket(take(['a', 1], ['b', 2]), take(['b', 2], ['a', 1]))).toBe(true);
    expect(sameBasket(take(['a', 1]), take(['a', 2]))).toBe(false);
    expect(sameBasket(null, take(['a', 1]))).toBe(false);
  });
});

describe('the worth of a basket', () => {
  const item = fc.record({
    price: fc.bigInt({ min: 1n, max: 10n ** 11n }),
    pieces: fc.integer({ min: 1, max: 1000 }),
    tax: fc.option(fc.record({ percentage: fc.integer({ min: 0, max: 1_000_000 }), inclusive: fc.boolean() }), {
      nil: null,
    }),
  });

  it('A44: adds up to the stroop: lines and tax are the total, for 100,000 baskets', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), fc.constantFrom(1n, 100_000n), (drawn, unit) => {
        const items: WorthItem[] = drawn.map((each, at) => ({ ...each, description: `item ${at}` }));
        const worth = worthOf(items, 1, unit);
        if (worth === undefined) return true;
        const lines = worth.lines.reduce((sum, { amount }) => sum + amount, 0n);
        const taxes = worth.taxes.reduce((sum, { tax }) => sum + tax, 0n);
        const bases = worth.taxes.reduce((sum, { base }) => sum + base, 0n);
        const inclusive = worth.taxes.filter((part) => part.inclusive).reduce((sum, { tax }) => sum + tax, 0n);
        const prices = items.reduce((sum, { price, pieces = 1 }) => sum + price * BigInt(pieces), 0n);
        return (
          lines === worth.subtotal &&
          bases === worth.subtotal &&
          taxes === worth.taxAmount &&
          lines + taxes === worth.total &&
          // What prices contain is part of them; only the rest comes on top.
          worth.total === prices + taxes - inclusive &&
          worth.lines.every(({ quantity }, at) => quantity === items[at]?.pieces)
        );
      }),
      { numRuns: 100_000 },
    );
  });
});
