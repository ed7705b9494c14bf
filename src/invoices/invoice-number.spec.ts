import { countIn } from './invoice-number';

describe('the count in an invoice number', () => {
  it.each([
    ['INV-0001', 1n],
    ['INV-9999', 9_999n],
    ['INV-10000', 10_000n],
    ['INV-1000065', 1_000_065n],
    ['INV-1000065-ABC234', 1_000_065n],
    ['INV-99999999999999999', 99_999_999_999_999_999n],
  ])('of %s is %s', (number, count) => {
    expect(countIn(number)).toBe(count);
  });

  it.each([
    'INV-1',
    'INV-00001',
    'inv-0001',
    'INV-0001-abc234',
    'INV-0001-ABC23',
    'INV-0001 ',
    ' INV-0001',
    'INV--001',
    'INV-000a',
    'INV-100000000000000000',
    '0001',
    '',
  ])('is not found in %p', (text) => {
    expect(countIn(text)).toBeNull();
  });
});
