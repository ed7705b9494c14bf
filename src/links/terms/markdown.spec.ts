import fc from 'fast-check';
import { plainWords, readMarkdown } from './markdown';

/** What makes parsers of Markdown slow when it stands there a thousand times. */
const REPEATED = [
  '[',
  '](',
  '![',
  '[a](',
  '[a](<',
  '[a](https://a.example "',
  '[a](https://a.example (',
  '[a](https://a.example/(',
  '[a](https://a.example/)',
  '[a][',
  '[a]: ',
  '*a ',
  '**a',
  '*_',
  '***a***',
  '*a**b_c__d',
  '**[',
  '<',
  '<https:',
  '&',
  '&#x41;',
  '\\',
  '`',
  '- ',
  '- a\n',
  '  - a\n',
  '-\n',
  '1. ',
  '# a\n',
  'a\n=\n',
  '\n',
  ' ',
  '\t',
  '\u0301',
  '\u200b',
];

describe('the words of a description without its markup', () => {
  it.each([
    ['', ''],
    ['\u200b \n', ''],
    ['Fresh beans', 'Fresh beans'],
    ['**Fresh** *beans*\nand __tea__', 'Fresh beans\nand tea'],
    ['# Beans\n\n- one\n- two\n  - three\n\n4. four\n5. five', 'Beans\n\n- one\n- two\n- three\n\n4. four\n5. five'],
    ['[terms](https://shop.example/terms)', 'terms (https://shop.example/terms)'],
    ['[**our** terms](https://b\u00fccher.example)', 'our terms (https://xn--bcher-kva.example/)'],
    ['[](https://shop.example/a)', 'https://shop.example/a'],
    ['<https://shop.example/a>', 'https://shop.example/a'],
    ['[shop.example](https://shop.example)', 'shop.example'],
    ['[bank.example](https://evil.example)', 'bank.example (https://evil.example/)'],
    ['[a](javascript:alert(1))', '[a](javascript:alert(1))'],
    ['&copy; &lt;b&gt; &#x202e;x <b>', '\u00a9 <b> x <b>'],
    ['\u202eab\u200bc', 'abc'],
    ['a\n\n---\n\nb', 'a\n\nb'],
    ['---', '---'],
    ['&#8203;', '&#8203;'],
  ])('%j is %j', (text, words) => {
    expect(plainWords(text)).toBe(words);
  });

  it('are all there, in their order, whatever stands around them', () => {
    const marks = fc.constantFrom(
      '*',
      '**',
      '_',
      '\n',
      '\n\n',
      '\n- ',
      '\n  - ',
      '\n1. ',
      '\n# ',
      '\n===\n',
      ' ',
      '> ',
      '`',
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      '\\',
      '&',
      '!',
    );
    fc.assert(
      fc.property(fc.array(marks, { maxLength: 30 }), (between) => {
        const text = between.map((mark, index) => `${mark}word${index}.`).join('');
        expect(plainWords(text).match(/word\d+/g) ?? []).toEqual(between.map((_mark, index) => `word${index}`));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('reading Markdown', () => {
  it('reads a text of 20,000 characters, and shows a longer one as it is', () => {
    const text = `**a** ${'b'.repeat(19_994)}`;
    expect(readMarkdown(text)).toEqual([
      { kind: 'paragraph', of: [{ kind: 'strong', of: [{ kind: 'text', text: 'a' }] }, expect.anything()] },
    ]);
    expect(readMarkdown(`${text}b\nc`)).toEqual([
      { kind: 'paragraph', of: [{ kind: 'text', text: `${text}b` }, { kind: 'break' }, { kind: 'text', text: 'c' }] },
    ]);
  });

  // A quarter of a second on a slow machine; a parser that looks again and again at what is left takes minutes.
  it.each(REPEATED)('takes no time that grows faster than the text: %j', (piece) => {
    const text = piece.repeat(Math.ceil(20_000 / piece.length)).slice(0, 20_000);
    const start = performance.now();
    readMarkdown(text);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
