import fc from 'fast-check';
import { wholeNumber } from './number-text';

describe('wholeNumber', () => {
  it.each([
    ['100.0', 100],
    ['1e2', 100],
    ['1.50e1', 15],
    ['-3.000', -3],
    ['100e-2', 1],
    ['0e5', 0],
    ['0.0', 0],
    ['9007199254740991.0', Number.MAX_SAFE_INTEGER],
  ])('of %s is %d', (text, whole) => {
    expect(wholeNumber(text)).toBe(whole);
  });

  it.each(['100.5', '1e-1', '15e-1', '1.00000000000000000001', '9007199254740992.0', '1e400', '', 'x', '1e', '.5'])(
    '%j is none',
    (text) => {
      expect(wholeNumber(text)).toBeUndefined();
    },
  );

  it('is the same number with any zeros behind its point, and none with anything else there', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 9 }),
        (whole, zeros, digit) => {
          expect(wholeNumber(`${whole}.${'0'.repeat(zeros)}`)).toBe(Number(`${whole}`));
          expect(wholeNumber(`${whole}.${'0'.repeat(zeros)}${digit}`)).toBeUndefined();
        },
      ),
    );
  });
});
