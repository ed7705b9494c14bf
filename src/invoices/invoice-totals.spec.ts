import fc from 'fast-check';
import { amountOf, formatAmount, MAX_AMOUNT } from '../common/money';
import { divideHalfUp, type InvoiceLine, invoiceTotals } from './invoice-totals';

const line = (quantity: string, rate: string): InvoiceLine => ({
  description: 'x',
  quantity: amountOf(quantity),
  rate: amountOf(rate),
});
const percent = (value: number): number => Math.round(value * 10_000);

describe('invoiceTotals', () => {
  it.each([
    {
      name: 'A44 three times a third at 19 %',
      lines: [line('3', '0.3333333')],
      tax: 19,
      discount: '0',
      amounts: ['0.9999999'],
      taxAmount: '0.19',
      total: '1.1899999',
    },
    {
      name: 'A44 three lines of a third at 19 %',
      lines: Array.from({ length: 3 }, () => line('1', '0.3333333')),
      tax: 19,
      discount: '0',
      amounts: ['0.3333333', '0.3333333', '0.3333333'],
      taxAmount: '0.19',
      total: '1.1899999',
    },
    {
      name: 'half a stroop is rounded up',
      lines: [line('0.5', '0.0000001')],
      tax: 0,
      discount: '0',
      amounts: ['0.0000001'],
      taxAmount: '0',
      total: '0.0000001',
    },
    {
      name: 'less than half a stroop is nothing, and the line beside it counts',
      lines: [line('0.4', '0.0000001'), line('1', '1')],
      tax: 0,
      discount: '0',
      amounts: ['0', '1'],
      taxAmount: '0',
      total: '1',
    },
    {
      name: 'an hour and a half',
      lines: [line('1.5', '80')],
      tax: 20,
      discount: '0',
      amounts: ['120'],
      taxAmount: '24',
      total: '144',
    },
    {
      name: 'a tax with four decimals',
      lines: [line('1', '100')],
      tax: 7.7777,
      discount: '0',
      amounts: ['100'],
      taxAmount: '7.7777',
      total: '107.7777',
    },
    {
      name: 'the discount comes off after tax',
      lines: [line('1', '100')],
      tax: 10,
      discount: '10',
      amounts: ['100'],
      taxAmount: '10',
      total: '100',
    },
    {
      name: 'a discount down to one stroop',
      lines: [line('1', '1')],
      tax: 0,
      discount: '0.9999999',
      amounts: ['1'],
      taxAmount: '0',
      total: '0.0000001',
    },
    {
      name: 'the largest amount there is',
      lines: [{ description: 'x', quantity: amountOf('1'), rate: MAX_AMOUNT }],
      tax: 0,
      discount: '0',
      amounts: ['922337203685.4775807'],
      taxAmount: '0',
      total: '922337203685.4775807',
    },
  ])('$name', ({ lines, tax, discount, amounts, taxAmount, total }) => {
    const totals = invoiceTotals(lines, percent(tax), amountOf(discount));
    expect(totals?.lineAmounts.map((amount) => formatAmount(amount))).toEqual(amounts);
    expect([formatAmount(totals?.taxAmount ?? -1n), formatAmount(totals?.total ?? -1n)]).toEqual([taxAmount, total]);
  });

  it.each([
    ['no lines', [], 0, '0'],
    ['a discount of all', [line('1', '10')], 0, '10'],
    ['a discount of more', [line('1', '10')], 20, '12.0000001'],
    ['lines that round to nothing', [line('0.4', '0.0000001')], 0, '0'],
    [
      'a sum beyond int64',
      [{ description: 'x', quantity: amountOf('1'), rate: MAX_AMOUNT }, line('1', '0.0000001')],
      0,
      '0',
    ],
    ['a tax beyond int64', [{ description: 'x', quantity: amountOf('1'), rate: MAX_AMOUNT }], 10, '0'],
    ['a product beyond int64', [{ description: 'x', quantity: MAX_AMOUNT, rate: MAX_AMOUNT }], 0, '0'],
    [
      'a sum beyond int64 that a discount would bring back',
      [{ description: 'x', quantity: amountOf('1'), rate: MAX_AMOUNT }, line('1', '1')],
      0,
      '2',
    ],
  ] as const)('refuses %s', (_name, lines, tax, discount) => {
    expect(invoiceTotals(lines, percent(tax), amountOf(discount))).toBeUndefined();
  });

  const baskets = fc.record({
    lines: fc.array(
      fc.record({
        description: fc.constant('x'),
        quantity: fc.bigInt({ min: 1n, max: 10n ** 11n }),
        rate: fc.bigInt({ min: 0n, max: 10n ** 13n }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    tax: fc.integer({ min: 0, max: 1_000_000 }),
    discount: fc.bigInt({ min: 0n, max: 10n ** 12n }),
  });

  it('A44 adds up to the stroop over 100,000 baskets, and no rounding is off by more than half of one', () => {
    fc.assert(
      fc.property(baskets, ({ lines, tax, discount }) => {
        const totals = invoiceTotals(lines, tax, discount);
        const sum = lines.reduce((all, each) => all + divideHalfUp(each.quantity * each.rate, 10_000_000n), 0n);
        if (totals === undefined) return sum + divideHalfUp(sum * BigInt(tax), 1_000_000n) - discount <= 0n;
        const linesAdd = totals.lineAmounts.reduce((all, each) => all + each, 0n) === totals.subtotal;
        const taxOff = 2n * (totals.taxAmount * 1_000_000n - totals.subtotal * BigInt(tax));
        const taxFits = taxOff <= 1_000_000n && taxOff > -1_000_000n;
        return (
          linesAdd &&
          taxFits &&
          totals.total === totals.subtotal + totals.taxAmount - discount &&
          totals.total > 0n &&
          totals.total <= MAX_AMOUNT
        );
      }),
      { numRuns: 100_000 },
    );
  });

  it('does not depend on the order of the lines', () => {
    fc.assert(
      fc.property(
        baskets,
        ({ lines, tax, discount }) =>
          invoiceTotals(lines, tax, discount)?.total === invoiceTotals(lines.toReversed(), tax, discount)?.total,
      ),
    );
  });
});

it('divideHalfUp is the nearest whole number, halves up', () => {
  const fractions = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.bigInt({ min: 1n, max: 10n ** 15n }));
  fc.assert(
    fc.property(fractions, ([n, d]) => {
      const twice = 2n * (divideHalfUp(n, d) * d - n);
      return twice <= d && twice > -d;
    }),
  );
  expect([
    divideHalfUp(1n, 2n),
    divideHalfUp(3n, 2n),
    divideHalfUp(1n, 3n),
    divideHalfUp(2n, 3n),
    divideHalfUp(0n, 7n),
  ]).toEqual([1n, 2n, 0n, 1n, 0n]);
});
