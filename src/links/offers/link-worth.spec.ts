import fc from 'fast-check';
import { amountOf, formatAmount, MAX_AMOUNT } from '../../common/money';
import { type ItemTax, storedLines, type Worth, worthConverted, type WorthItem, worthOf } from './link-worth';

const CENT = amountOf('0.01');
const item = (price: string, tax: ItemTax | null = null): WorthItem => ({
  description: 'Tee',
  price: amountOf(price),
  tax,
});
const vat = (percent: number, inclusive: boolean): ItemTax => ({ percentage: percent * 10_000, inclusive });
const told = (worth: Worth | undefined): string[] =>
  worth === undefined ? [] : [worth.subtotal, worth.taxAmount, worth.total].map((each) => formatAmount(each, 2));

/** Sums of the breakdown. */
const partsOf = ({ taxes }: Worth): bigint[] => [
  taxes.reduce((sum, { base }) => sum + base, 0n),
  taxes.reduce((sum, { tax }) => sum + tax, 0n),
];

describe('A44: what things cost together', () => {
  it.each<[string, WorthItem[], number, string[], number | null]>([
    ['without tax', [item('20'), item('10')], 1, ['30.00', '0.00', '30.00'], 0],
    ['with tax on top', [item('10', vat(19, false))], 3, ['30.00', '5.70', '35.70'], 190_000],
    ['with tax within', [item('11.90', vat(19, true))], 1, ['10.00', '1.90', '11.90'], 190_000],
    // Once over the sum, not once a piece: 3 x 9.99 contain 4.79, while a piece contains 1.60.
    ['rounded once', [item('9.99', vat(19, true))], 3, ['25.18', '4.79', '29.97'], 190_000],
    ['rounded half up', [item('0.05', vat(10, false))], 1, ['0.05', '0.01', '0.06'], 100_000],
    [
      'taxed differently',
      [item('11.90', vat(19, true)), item('10', vat(7, false)), item('5')],
      1,
      ['25.00', '2.60', '27.60'],
      null,
    ],
    [
      'taxed alike on top and within',
      [item('11', vat(10, true)), item('10', vat(10, false))],
      1,
      ['20.00', '2.00', '22.00'],
      100_000,
    ],
    ['taxed at nothing and not at all', [item('1', vat(0, true)), item('1')], 1, ['2.00', '0.00', '2.00'], 0],
  ])('%s', (_what, items, quantity, sums, rate) => {
    const worth = worthOf(items, quantity, CENT);
    expect([told(worth), worth?.taxRate]).toEqual([sums, rate]);
  });

  it('is nothing beyond what one payment can hold', () => {
    expect(worthOf([{ description: 'Gold', price: MAX_AMOUNT, tax: null }], 2, 1n)).toBeUndefined();
    expect(worthOf([], 1, 1n)).toBeUndefined();
  });

  const taxes = fc.option(fc.record({ percentage: fc.integer({ min: 0, max: 1_000_000 }), inclusive: fc.boolean() }), {
    nil: null,
  });
  const items = fc.array(
    fc.record({ description: fc.constant('a'), price: fc.bigInt({ min: 1n, max: 10n ** 12n }), tax: taxes }),
    { minLength: 1, maxLength: 20 },
  );
  const units = fc.constantFrom(1n, CENT, amountOf('1'));

  it('always sums up: lines to the subtotal, with tax to the total; and prices with tax within are what is paid', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 1000 }), units, (list, quantity, unit) => {
        const worth = worthOf(list, quantity, unit) as Worth;
        expect(worth.lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(worth.subtotal);
        expect(worth.subtotal + worth.taxAmount).toBe(worth.total);
        expect(worth.taxAmount % unit).toBe(0n);
        expect(partsOf(worth)).toEqual([worth.subtotal, worth.taxAmount]);
        if (list.every(({ tax }) => tax === null || tax.inclusive || tax.percentage === 0))
          expect(worth.total).toBe(list.reduce((sum, { price }) => sum + price * BigInt(quantity), 0n));
      }),
    );
  });

  it('is the same in another currency, part by part', () => {
    fc.assert(
      fc.property(
        items,
        fc.integer({ min: 1, max: 50 }),
        fc.bigInt({ min: 1n, max: 10n ** 15n }),
        (list, quantity, total) => {
          const before = worthOf(list, quantity, 1n) as Worth;
          const worth = worthConverted(before, total);
          expect([worth.total, worth.subtotal + worth.taxAmount]).toEqual([total, total]);
          if (before.subtotal > 0n)
            expect(worth.lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(worth.subtotal);
          expect(partsOf(worth)).toEqual([worth.subtotal, worth.taxAmount]);
          expect([worth.taxAmount, ...worth.lines.map(({ amount }) => amount)].every((each) => each >= 0n)).toBe(true);
        },
      ),
    );
  });

  it('is told in lines whose rate times quantity is the amount', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 1000 }), (list, quantity) => {
        for (const line of storedLines(worthOf(list, quantity, 1n) as Worth)) {
          expect(BigInt(line.quantity) * amountOf(line.rate)).toBe(amountOf(line.amount));
          expect(line.description).toBe(line.quantity === String(quantity) ? 'a' : `${quantity} × a`);
        }
      }),
    );
  });
});
