import { amountOf } from '../common/money';
import { assertPrecision, priceOf, priceText } from './price';

describe('a price', () => {
  it.each([
    ['100', 'EUR', '100.00'],
    ['19.9', 'EUR', '19.90'],
    ['1500', 'JPY', '1500'],
    ['1500.00', 'JPY', '1500'],
    ['0.0000001', 'XLM', '0.0000001'],
    ['12.50', 'USDC', '12.5'],
    ['922337203685.4775807', 'XLM', '922337203685.4775807'],
  ])('of %s %s is told as %s', (text, currency, told) => {
    expect(priceText(priceOf(text, currency), currency)).toBe(told);
  });

  it.each([
    ['0.001', 'EUR'],
    ['1.5', 'JPY'],
  ])('of %s %s is refused as too precise', (text, currency) => {
    expect(() => priceOf(text, currency)).toThrow(expect.objectContaining({ code: 'amount_too_precise' }));
    expect(() => assertPrecision(amountOf(text), currency)).toThrow(`more decimals than ${currency}`);
    expect(() => assertPrecision(amountOf(text), 'XLM')).not.toThrow();
  });
});
