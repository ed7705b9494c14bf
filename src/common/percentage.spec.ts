import fc from 'fast-check';
import { parsePercentage, percentageText } from './percentage';

describe('a percentage', () => {
  it.each([
    ['19', 190_000],
    ['7.7', 77_000],
    ['0', 0],
    ['0.0001', 1],
    ['100.0000', 1_000_000],
  ])('%s is %d ten-thousandths', (text, units) => expect(parsePercentage(text)).toBe(units));

  it.each(['100.0001', '101', '-1', '+1', '1e1', '01', '.5', '5.', '1.23456', '', ' 1', '1,5', 'NaN', '999999999999'])(
    '%j is none',
    (text) => expect(parsePercentage(text)).toBeUndefined(),
  );

  it.each([
    [190_000, '19'],
    [77_000, '7.7'],
    [0, '0'],
    [1, '0.0001'],
    [1_000_000, '100'],
    [195_010, '19.501'],
  ])('of %d is printed as %s', (units, text) => expect(percentageText(units)).toBe(text));

  it('is read as it was printed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (units) => parsePercentage(percentageText(units)) === units),
    );
  });
});
