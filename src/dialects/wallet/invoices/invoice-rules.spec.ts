import fc from 'fast-check';
import { amountOf, formatAmount, STROOPS_PER_UNIT } from '../../../common/money';
import { NumberText } from '../../../common/number-text';
import { percentageText } from '../../../common/percentage';
import { changesWorth, dueDateOf, type MoneyMembers, NOTHING, worth } from './invoice-rules';

const line = (quantity: unknown, rate: unknown): { description: string; quantity: unknown; rate: unknown } => ({
  description: 'work',
  quantity,
  rate,
});
const of = (members: MoneyMembers): ReturnType<typeof worth> => worth(members, NOTHING, 'Invoice');

describe('what an invoice is worth', () => {
  it.each([
    ['one line', { lineItems: [line(2, 50)] }, ['100.00', '0', '100.00']],
    ['a fraction of a piece', { lineItems: [line(1.5, '33.33')] }, ['49.995', '0', '49.995']],
    ['tax and discount', { items: [line('10', '100')], taxRate: 19, discount: '90.00' }, ['1000.00', '190', '1100.00']],
    [
      'a third, three times, at 19 % (A44)',
      { lineItems: [line(1, '0.3333333'), line(1, '0.3333333'), line(1, '0.3333333')], taxRate: 19 },
      ['0.9999999', '0.19', '1.1899999'],
    ],
    [
      'four decimals of a percent',
      { lineItems: [line(1, 1_000_000)], taxRate: '8.8751' },
      ['1000000.00', '88751', '1088751.00'],
    ],
    [
      'half a stroop of tax, rounded up',
      { lineItems: [line(1, '0.0000001')], taxRate: 50 },
      ['0.0000001', '0.0000001', '0.0000002'],
    ],
    ['an amount alone', { amount: new NumberText('12.500') }, ['12.50', '0', '12.50']],
    ['an amount that agrees with the lines', { items: [line(3, 5)], amount: 15 }, ['15.00', '0', '15.00']],
    [
      'an amount that agrees with the total',
      { items: [line(3, 5)], taxRate: 10, amount: '16.5' },
      ['15.00', '1.5', '16.50'],
    ],
  ])('%s', (_what, members, [subtotal, tax, total]) => {
    const sums = of(members);
    expect([formatAmount(sums.subtotal, 2), formatAmount(sums.taxAmount), formatAmount(sums.total, 2)]).toEqual([
      subtotal,
      tax,
      total,
    ]);
  });

  it.each([
    ['no lines at all', {}, 'lineItems'],
    ['both spellings', { lineItems: [line(1, 1)], items: [line(1, 1)] }, 'items'],
    ['an amount that differs from the sum', { items: [line(1, 1500)], amount: 1000 }, 'amount'],
    ['five decimals of a percent', { amount: 1, taxRate: '0.00001' }, 'taxRate'],
  ])('%s is refused', (_what, members, path) => {
    expect(() => of(members)).toThrow(
      expect.objectContaining({ code: 'validation_failed', faults: [expect.objectContaining({ path })] }),
    );
  });

  it.each([
    ['nothing to pay', { lineItems: [line(1, 0)] }],
    ['a discount of everything', { lineItems: [line(1, 10)], discount: 10 }],
    ['rounded away', { lineItems: [line('0.1', '0.0000001')] }],
    ['more than the network can hold', { lineItems: [line(999_999, 999_999_999)] }],
  ])('%s is no invoice', (_what, members) => {
    expect(() => of(members)).toThrow(expect.objectContaining({ code: 'invoice_total_invalid' }));
  });

  it('keeps of the draft what a change leaves unsaid', () => {
    const draft = of({ lineItems: [line(1, 100)], taxRate: 10, discount: 5 });
    const change = (members: MoneyMembers): string => formatAmount(worth(members, draft, 'x').total);
    expect([
      change({ discount: null }),
      change({ taxRate: 20 }),
      change({ lineItems: [line(2, 100)] }),
      change({ amount: 50 }),
    ]).toEqual(['110', '115', '215', '50']);
    expect([
      changesWorth({}),
      changesWorth({ lineItems: null }),
      changesWorth({ discount: null }),
      changesWorth({ amount: 1 }),
    ]).toEqual([false, false, true, true]);
  });

  it('adds up to the stroop for any basket (A44)', () => {
    const decimal = (max: bigint): fc.Arbitrary<string> =>
      fc.bigInt({ min: 1n, max }).map((stroops) => formatAmount(stroops));
    const baskets = fc.record({
      lines: fc.array(fc.tuple(decimal(100n * STROOPS_PER_UNIT), decimal(10_000n * STROOPS_PER_UNIT)), {
        minLength: 1,
        maxLength: 4,
      }),
      rate: fc.integer({ min: 0, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(baskets, ({ lines, rate }) => {
        const lineItems = lines.map(([quantity, price]) => line(quantity, price));
        const exact = lines.reduce((sum, [quantity, price]) => sum + amountOf(quantity) * amountOf(price), 0n); // in 10^-14
        fc.pre(exact >= 2n * STROOPS_PER_UNIT);
        const { subtotal, taxAmount, total, lines: stored } = of({ lineItems, taxRate: percentageText(rate) });
        const ok =
          subtotal + taxAmount === total &&
          stored.reduce((sum, each) => sum + amountOf(each.amount), 0n) === subtotal &&
          within(subtotal * STROOPS_PER_UNIT, exact, (BigInt(lines.length) * STROOPS_PER_UNIT) / 2n) &&
          within(taxAmount * 1_000_000n, subtotal * BigInt(rate), 500_000n);
        if (!ok) throw new Error(`${subtotal} + ${taxAmount} is not ${total}`);
      }),
      { numRuns: 100_000, maxSkipsPerRun: 10 },
    );
  });
});

function within(a: bigint, b: bigint, distance: bigint): boolean {
  return a - b <= distance && b - a <= distance;
}

describe('due dates (H22)', () => {
  const now = new Date('2026-11-21T12:00:00Z');

  it.each([
    ['2026-11-21', '2026-11-21T23:59:59.999Z'],
    ['2027-02-28T10:00:00+02:00', '2027-02-28T08:00:00.000Z'],
    ['9999-12-31', '9999-12-31T23:59:59.999Z'],
    ['2027-01-31', '2027-02-01T04:59:59.999Z', 'America/New_York'],
    ['2027-01-31T10:00:00Z', '2027-01-31T10:00:00.000Z', 'America/New_York'],
  ])('%s', (text, instant, zone = 'UTC') => {
    expect(dueDateOf(text, now, zone)?.toISOString()).toBe(instant);
  });

  it.each([
    '2026-11-20',
    '2026-11-21T12:00:00Z',
    '2027-02-30',
    '2027-2-3',
    '20270203',
    'tomorrow',
    '',
    '2027-06-30T23:59:60Z',
    '10000-01-01',
  ])('%s is refused', (text) => {
    expect(() => dueDateOf(text, now, 'UTC')).toThrow(
      expect.objectContaining({ code: 'validation_failed', faults: [expect.objectContaining({ path: 'dueDate' })] }),
    );
  });

  it('a date that is over in UTC is not over where the merchant is, and the other way round', () => {
    expect(dueDateOf('2026-11-21', new Date('2026-11-22T04:59:00Z'), 'America/New_York')?.toISOString()).toBe(
      '2026-11-22T04:59:59.999Z',
    );
    expect(() => dueDateOf('2026-11-21', new Date('2026-11-21T23:00:00Z'), 'Asia/Tokyo')).toThrow(
      expect.objectContaining({ code: 'validation_failed' }),
    );
  });

  it('null is none', () => expect(dueDateOf(null, now, 'UTC')).toBeNull());
});
