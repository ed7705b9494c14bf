import fc from 'fast-check';
import type { FontName } from './fonts';
import type { Coverage } from './lettering';
import { type TextLine, textLines } from './text-lines';

/** Every letter is one wide; the fonts have one script each. */
const SCRIPTS: readonly (readonly [FontName, RegExp])[] = [
  ['japanese', /^[日本語のコ]$/u],
  ['chinese', /^[日本谢]$/u],
  ['regular', /^[\p{Script=Latin}\p{Script=Hebrew}\p{Script=Arabic}\p{N}\p{P}\p{S} ]\p{M}*$/u],
];
const coverage: Coverage = {
  has: (font, character) => SCRIPTS.some(([name, letters]) => name === font && letters.test(character)),
};
const lines = (text: string, width: number): readonly TextLine[] =>
  textLines(text, width, { base: 'regular', coverage, measure: (part) => part.normalize('NFC').length });
const shown = (text: string, width: number): string[] =>
  lines(text, width).map(({ runs }) => runs.map((run) => run.text).join(''));

describe('lines of text', () => {
  it.each<[string, number, string[]]>([
    ['', 10, ['']],
    ['one two three', 7, ['one two', 'three']],
    ['one two three', 100, ['one two three']],
    ['a\nb', 10, ['a', 'b']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['x abcdefghij y', 4, ['x', 'abcd', 'efgh', 'ij y']],
    ['日本語日本語', 4, ['日本語日', '本語']],
    ['ab日本', 3, ['ab日', '本']],
    ['caf\u0065\u0301s', 4, ['cafe\u0301', 's']],
  ])('breaks %j at %d', (text, width, expected) => {
    expect(shown(text, width).map((line) => line.trimEnd())).toEqual(expected);
  });

  it('takes one font for one text where it can', () => {
    const fonts = (text: string): FontName[] => lines(text, 100).flatMap(({ runs }) => runs.map(({ font }) => font));
    expect(fonts('日本語')).toEqual(['japanese']);
    expect(fonts('日本谢谢')).toEqual(['chinese']);
    expect(fonts('a日本谢')).toEqual(['regular', 'chinese']);
  });

  it('puts words that are read from the right in their order on paper, each in its own reading order', () => {
    // Hebrew a-b, c-d and a number: the first word stands rightmost, the number keeps its digits.
    expect(lines('אב גד 12', 100)).toEqual([
      { rightToLeft: true, runs: ['12', ' ', 'גד', ' ', 'אב'].map((text) => ({ text, font: 'regular' })) },
    ]);
    // Brackets are mirrored already; the font turns the word round with them.
    expect(lines('Shop אב (גד) x', 100)[0]?.runs.map(({ text }) => text)).toEqual(['Shop ', ')גד(', ' ', 'אב', ' x']);
  });

  it('reorders every line for itself', () => {
    expect(shown('אב גד הו', 5)).toEqual(
      [' גד אב'.trimStart(), 'הו'].map((line, index) => (index === 0 ? ` ${line}` : line)),
    );
  });

  it('puts the blanks that end a line at its end, on later lines as well', () => {
    expect(shown('11בבaa a', 3)).toEqual(['ב11', ' aaב', 'a']);
  });

  it('loses no letter and keeps to the width, whatever the text', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', 'א', 'ב', '1', '(', '日', '谢', '-'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (given, width) => {
        const found = shown(given, width);
        const bag = (each: string): string =>
          Array.from(each.replaceAll(/[\s()]/g, ''))
            .toSorted()
            .join('');
        expect(bag(found.join(''))).toBe(bag(given));
        for (const line of found) expect(line.trim().length).toBeLessThanOrEqual(width);
      }),
      { numRuns: 1000 },
    );
  });
});
