import fc from 'fast-check';
import { plainLine, plainText } from './plain-text';

/** What is removed, joined, cut or split, so that it meets often enough. */
const awkward = fc.constantFrom(
  0,
  9,
  10,
  13,
  32,
  0x85,
  0xa0,
  0xad,
  0x301,
  0x34f,
  0x17b4,
  0x200b,
  0x2028,
  0x202e,
  0x3000,
  0x3164,
  0xd800,
  0xdc00,
  0xfeff,
  0xe0041,
);

describe('text that strangers wrote', () => {
  it.each([
    ['\u202egnp.exe', 'gnp.exe'],
    ['\u2066PA\u200bID\u2069', 'PAID'],
    ['a\u00adb\ufeffc\u061cd\u{e0041}e', 'abcde'],
    ['\u3164\u115f\uffa0', ''],
    ['  two\t words\n ', 'two words'],
    ['nothing \0\u200b\t \u202e between', 'nothing between'],
    ['nul\0bell\u0007', 'nulbell'],
    [`e${'\u0301'.repeat(40)}`, `e${'\u0301'.repeat(4)}`],
    ['half \ud800 pair', 'half \ufffd pair'],
    ['Café 日本 العربية ✅', 'Café 日本 العربية ✅'],
  ])('%j becomes %j', (given, plain) => {
    expect(plainLine(given)).toBe(plain);
  });

  it('keeps lines, but not more than one empty one', () => {
    expect(plainText('a\r\nb\n\n\n\n c\u2028d\n')).toBe('a\nb\n\nc\nd');
  });

  it('holds nothing unseen, whatever went in, and is stable', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(awkward, fc.integer({ min: 0, max: 0x10ffff })), { maxLength: 60 }), (codes) => {
        const text = String.fromCodePoint(...codes);
        const plain = plainText(text);
        expect(plain.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(plainText(plain)).toBe(plain);
      }),
      { numRuns: 1000 },
    );
  });
});
