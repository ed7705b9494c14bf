import fc from 'fast-check';
import {
  amountOf,
  assetKey,
  formatAmount,
  formatLedgerAmount,
  MAX_AMOUNT,
  NATIVE,
  parseAmount,
  sameAsset,
} from './money';

const int64 = fc.bigInt({ min: 0n, max: MAX_AMOUNT });

describe('parseAmount', () => {
  it.each([
    ['0', 0n, 0],
    ['1', 10_000_000n, 0],
    ['0.0000001', 1n, 7],
    ['0.1', 1_000_000n, 1],
    ['100.50', 1_005_000_000n, 2],
    ['2.675', 26_750_000n, 3],
    ['922337203685.4775807', MAX_AMOUNT, 7],
    ['922337203685.4775806', MAX_AMOUNT - 1n, 7],
  ])('A21 reads %s', (text, amount, scale) => {
    expect(parseAmount(text)).toEqual({ amount, scale });
  });

  it.each([
    '',
    ' ',
    '1e3',
    '1E3',
    '0x10',
    '0b1',
    ' 100',
    '100 ',
    '100\n',
    '\u0967\u0966\u0966',
    '\uff11',
    '-0',
    '-1',
    '+1',
    'NaN',
    'Infinity',
    '1,000',
    '1_000',
    '100.',
    '.5',
    '.',
    '00',
    '01',
    '00.5',
    '1.2.3',
    '0.00000001',
    '922337203685.4775808',
    '999999999999.9999999',
    '1000000000000',
    `1${'0'.repeat(400)}`,
    '1\0',
    '1n',
    '\u22121',
    '1\u00a0',
    '٣',
    '½',
  ])('A41 refuses %j', (text) => {
    expect(parseAmount(text)).toBeUndefined();
  });

  it('A41 accepts nothing but its own spelling, whatever is thrown at it', () => {
    const alphabet = fc.string({ unit: fc.constantFrom(...'0123456789.-+eE xX,_'.split('')), maxLength: 24 });
    fc.assert(
      fc.property(fc.oneof(alphabet, fc.string(), fc.double().map(String)), (text) => {
        const parsed = parseAmount(text);
        if (parsed === undefined) return;
        expect(text).toMatch(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,7})?$/);
        expect(formatAmount(parsed.amount, parsed.scale)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('formatAmount', () => {
  it('A21 gives back every int64 amount to the stroop', () => {
    fc.assert(
      fc.property(
        int64,
        (amount) => amountOf(formatAmount(amount)) === amount && amountOf(formatLedgerAmount(amount)) === amount,
      ),
      { numRuns: 2_000 },
    );
  });

  it('A21 does so at every power of two and ten, and beside it, where a double does not', () => {
    let betrayed = 0;
    for (let bit = 0n; bit < 63n; bit++) {
      for (const amount of [2n ** bit - 1n, 2n ** bit, 2n ** bit + 1n, 10n ** (bit % 19n)]) {
        if (amount > MAX_AMOUNT) continue;
        expect(amountOf(formatAmount(amount))).toBe(amount);
        if (BigInt(Math.round(parseFloat(formatAmount(amount)) * 1e7)) !== amount) betrayed += 1;
      }
    }
    expect(betrayed).toBeGreaterThan(10);
  });

  it('prints at least the decimals asked for, never an exponent, never a needless zero beyond them', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -MAX_AMOUNT, max: MAX_AMOUNT }),
        fc.integer({ min: 0, max: 7 }),
        (amount, decimals) => {
          const text = formatAmount(amount, decimals);
          expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d{1,7})?$/);
          const fraction = text.split('.')[1] ?? '';
          expect(fraction.length).toBeGreaterThanOrEqual(decimals);
          if (fraction.length > decimals) expect(fraction).not.toMatch(/0$/);
        },
      ),
    );
  });

  it.each([
    [1n, 0, '0.0000001'],
    [10_000_000n, 0, '1'],
    [10_000_000n, 2, '1.00'],
    [-1n, 0, '-0.0000001'],
    [-15_000_000n, 2, '-1.50'],
    [0n, 0, '0'],
    [MAX_AMOUNT, 7, '922337203685.4775807'],
  ])('prints %s with %i decimals as %s', (amount, decimals, text) => {
    expect(formatAmount(amount, decimals)).toBe(text);
  });
});

it('amountOf tells what it could not read, but not all of it', () => {
  expect(() => amountOf('1e7')).toThrow(new RangeError('not an amount: 1e7'));
  expect(() => amountOf('9'.repeat(10_000))).toThrow(`not an amount: ${'9'.repeat(40)}`);
});

it('A08 A09 an asset is its code and its issuer, to the letter', () => {
  const usdc = { code: 'USDC', issuer: 'GA' };
  expect(sameAsset(usdc, { ...usdc })).toBe(true);
  for (const other of [
    { code: 'usdc', issuer: 'GA' },
    { code: 'USDC', issuer: 'GB' },
    { code: 'USDC', issuer: null },
    { code: 'USDC\0', issuer: 'GA' },
    NATIVE,
  ])
    expect(sameAsset(usdc, other)).toBe(false);
  expect(sameAsset(NATIVE, { code: 'XLM', issuer: 'GA' })).toBe(false);
  expect([assetKey(NATIVE), assetKey(usdc), assetKey({ code: 'XLM', issuer: 'GA' })]).toEqual([
    'native',
    'USDC:GA',
    'XLM:GA',
  ]);
});
