import fc from 'fast-check';
import { slugOf } from './slug';

describe('a slug that a merchant asks for', () => {
  it.each([
    ['premium-subscription', 'premium-subscription'],
    ['a', 'a'],
    ['Spring_Sale.2026', 'Spring_Sale.2026'],
    ['shop/spring/sale', 'shop/spring/sale'],
    ['...', '...'],
    ['-', '-'],
    ['a'.repeat(100), 'a'.repeat(100)],
    ['https://checkout.example.com/premium-subscription', 'premium-subscription'],
    ['http://example.com/a/b/last', 'last'],
    ['HTTPS://example.com/a/Last/', 'Last'],
    ['https://example.com//a///', 'a'],
    ['https://example.com/pay?utm=1#top', 'pay'],
    ['https://example.com/a/../b', 'b'],
    ['https://b\u00fccher.example/books', 'books'],
  ])('%j is %j', (text, slug) => {
    expect(slugOf(text)).toBe(slug);
  });

  it.each([
    [''],
    [' '],
    ['two words'],
    [' a'],
    ['a\n'],
    ['a\tb'],
    ['a'.repeat(101)],
    ['/a'],
    ['a/'],
    ['/'],
    ['a//b'],
    ['.'],
    ['..'],
    ['a/../b'],
    ['./a'],
    ['a/..'],
    ['a\\b'],
    ['a%2e'],
    ['a?b'],
    ['a#b'],
    ['a:b'],
    ['a@b'],
    ['caf\u00e9'],
    ['\uff41'],
    ['\u0430dmin'],
    ['a\u200bb'],
    ['a\u202eb'],
    ['a\0'],
    ['<a>'],
    ["a'--"],
    ['{{a}}'],
    ['javascript:alert(1)'],
    ['//example.com/a'],
    ['https:/example.com/a'],
    ['https://'],
    ['https://example.com'],
    ['https://example.com/'],
    ['https://example.com/..'],
    ['https://example.com/a/%2e%2e/'],
    ['https://example.com/?a=/b'],
    ['https://example.com/#/b'],
    ['https://example.com/caf%C3%A9'],
    ['https://example.com/caf\u00e9'],
    ['https://example.com/a b'],
    ['https://example.com\\a'],
    ['https://exam\nple.com/a'],
    ['https://[::1/a'],
    ['ftp://example.com/a'],
    [`https://example.com/${'a'.repeat(101)}`],
    [`https://example.com/${'a/'.repeat(1100)}b`],
  ])('%j is none', (text) => {
    expect(slugOf(text)).toBeUndefined();
  });

  const segment = fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/).filter((each) => each !== '.' && each !== '..');

  it('holds nothing but its characters, whatever came in, and is its own slug', () => {
    const piece = fc.oneof(
      segment,
      fc.constantFrom(
        '/',
        '.',
        '..',
        '%2e',
        '\\',
        '\n',
        '?',
        '#',
        'https://',
        'http://example.com/',
        ' ',
        '\u00e9',
        ':',
        '@',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const slug = slugOf(pieces.join(''));
        if (slug === undefined) return;
        expect(slug).toMatch(/^[A-Za-z0-9/._-]{1,100}$/);
        expect(slug.split('/').filter((each) => ['', '.', '..'].includes(each))).toEqual([]);
        expect(slugOf(slug)).toBe(slug);
        // A browser asks for exactly this.
        expect(new URL(`https://example.com/p/shop/${slug}`).pathname).toBe(`/p/shop/${slug}`);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes every slug of good segments, and the last of them from a URL', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        const slug = segments.join('/');
        expect(slugOf(slug)).toBe(slug);
        expect(slugOf(`https://shop.example.com/${slug}?q=1`)).toBe(segments.at(-1));
      }),
    );
  });
});
