import fc from 'fast-check';
import { formatAmount } from '../common/money';
import { jsonNumber } from './json-number';

const printed = (decimal: string): string => JSON.stringify({ amount: jsonNumber(decimal) });

describe('jsonNumber', () => {
  it.each([
    ['29.9900000', '29.99'],
    ['100.0000000', '100'],
    ['100', '100'],
    ['0.0000001', '0.0000001'],
    ['0', '0'],
    ['-1.50', '-1.5'],
    ['922337203685.4775807', '922337203685.4775807'],
  ])('%s is the number %s', (decimal, number) => {
    expect(printed(decimal)).toBe(`{"amount":${number}}`);
  });

  it('keeps every digit of every amount, also those that a double loses', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n }), (stroops) => {
        const number = /:(.*)\}$/.exec(printed(formatAmount(stroops)))?.[1] as string;
        const [whole = '', fraction = ''] = number.split('.');
        expect(BigInt(whole + fraction.padEnd(7, '0'))).toBe(stroops);
      }),
    );
  });

  it.each(['', 'x', '1e3', '01', '.5', '+1', 'Infinity', '1,5'])('refuses %j, which is no decimal', (text) => {
    expect(() => jsonNumber(text)).toThrow('not a decimal');
  });
});
