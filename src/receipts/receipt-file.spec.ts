import fc from 'fast-check';
import { receiptFileName } from './receipt-file';

describe('the name of the file (H14)', () => {
  it.each([
    ['INV-0001', 'INV-0001.pdf'],
    ['../../etc/passwd', 'etc-passwd.pdf'],
    ['a"; filename="b.exe', 'a-filename-b.exe.pdf'],
    ['x\r\nset-cookie: a=b', 'x-set-cookie-a-b.pdf'],
    ['счёт 7', '7.pdf'],
    ['...', 'receipt.pdf'],
    ['', 'receipt.pdf'],
  ])('of %j is %s', (number, name) => {
    expect(receiptFileName(number)).toBe(name);
  });

  it('never leaves the alphabet of a quoted header value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (number) =>
        expect(receiptFileName(number)).toMatch(/^(?!\.)[A-Za-z0-9_.-]{1,80}\.pdf$/),
      ),
    );
  });
});
