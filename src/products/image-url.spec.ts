import fc from 'fast-check';
import { imageUrlsOf, isImageUrl } from './image-url';

it.each([
  'https://shop.example/a.jpg',
  'https://res.example/upload/w_200,h_200/a.jpg?x=1&y=2#z',
  'https://shop.example:8443/a',
  'https://b\u00fccher.example/\u00fc.png',
  `https://shop.example/${'a'.repeat(1979)}`,
])('%s is the address of an image', (text) => {
  expect(isImageUrl(text)).toBe(true);
});

it.each([
  'http://shop.example/a.jpg',
  'ftp://shop.example/a.jpg',
  'javascript:alert(1)',
  'data:image/png;base64,AAAA',
  '//shop.example/a.jpg',
  'shop.example/a.jpg',
  'https://user:secret@shop.example/a.jpg',
  'https://user@shop.example/a.jpg',
  'https://',
  'https://a.example,b.example/a.jpg',
  'https://a.example;script-src/a.jpg',
  'https://*.example/a.jpg',
  'https://[2001:db8::1]:8443/a',
  'https://127.0.0.1/a.jpg',
  'https://localhost/a.jpg',
  'https://shop.example/a b.jpg',
  'https://shop.example/"onload="x',
  'https://shop.example/<svg>',
  'https://shop.example\\a.jpg',
  'https://shop.example/\u202egpj.exe',
  ' https://shop.example/a.jpg',
  `https://shop.example/${'a'.repeat(1980)}`,
  '',
])('%s is not', (text) => {
  expect(isImageUrl(text)).toBe(false);
});

describe('addresses joined by commas', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['https://a.example/1.jpg', ['https://a.example/1.jpg']],
    ['https://a.example/1.jpg,https://b.example/2.png', ['https://a.example/1.jpg', 'https://b.example/2.png']],
    [
      'https://a.example/w_1,h_2/1.jpg, https://b.example/2',
      ['https://a.example/w_1,h_2/1.jpg', 'https://b.example/2'],
    ],
    ['https://a.example/1,http://b.example/2', ['https://a.example/1', 'http://b.example/2']],
    ['1.jpg,2.jpg', ['1.jpg,2.jpg']],
  ])('%j are %j', (text, urls) => {
    expect(imageUrlsOf(text)).toEqual(urls);
  });

  it('are the ones that were joined, commas of their own and all', () => {
    const url = fc.stringMatching(/^https:\/\/[a-z]{1,9}\.example\/[a-z0-9,_.-]{0,20}[a-z0-9]$/);
    fc.assert(
      fc.property(fc.array(url, { minLength: 1, maxLength: 10 }), (urls) => {
        expect(imageUrlsOf(urls.join(','))).toEqual(urls);
        expect(urls.every(isImageUrl)).toBe(true);
      }),
    );
  });
});
