import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { plainWords } from '../links/terms/markdown';
import { HOSTILE_PIECES } from './hostile-pieces.fixture';
import { HOSTILE_WORDS } from './hostile-words.fixture';
import { wordsMarkup } from './markdown';

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** Every element that a description may become, and for each attribute what its value may be. */
const ALLOWED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  p: { dir: /^auto$/ },
  ul: { dir: /^auto$/ },
  ol: { dir: /^auto$/, start: /^\d{1,9}$/ },
  li: {},
  strong: {},
  em: {},
  br: {},
  a: {
    href: /^https:\/\/(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+(?::[1-9]\d{0,4})?(?:[/?#][!#-;=?-~]*)?$/,
    rel: /^nofollow noopener noreferrer$/,
  },
  bdi: { class: /^host$/ },
};
const NESTED_AT_MOST = 16;

const isElement = (node: Node): node is Element => 'tagName' in node;
const elementsOf = (nodes: readonly Node[]): Element[] =>
  nodes.filter(isElement).flatMap((element) => [element, ...elementsOf(element.childNodes)]);
const textOf = (node: Node): string => {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
};
const depthOf = (node: Node): number => 1 + ('childNodes' in node ? Math.max(0, ...node.childNodes.map(depthOf)) : 0);

/** What stands in a page although it must not. */
function faultsOf(markup: string): string[] {
  const { childNodes } = parseFragment(markup);
  const elements = elementsOf(childNodes);
  const faults = elements.flatMap((element) => elementFaults(element));
  if (childNodes.some((node) => node.nodeName === '#comment' || node.nodeName === '#documentType'))
    faults.push('a comment');
  if (childNodes.some((node) => depthOf(node) > NESTED_AT_MOST)) faults.push('nested too deep');
  const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u.exec(childNodes.map(textOf).join(''));
  if (unseen !== null) faults.push(`unseen ${JSON.stringify(unseen[0])}`);
  return faults;
}

function elementFaults(element: Element): string[] {
  const allowed = ALLOWED[element.tagName];
  if (allowed === undefined) return [`<${element.tagName}>`];
  const faults = element.attrs
    .filter(({ name, value }) => allowed[name]?.test(value) !== true)
    .map(({ name, value }) => `${element.tagName} ${name}=${value}`);
  if (element.tagName !== 'a') return faults;
  const { host } = new URL(element.attrs.find(({ name }) => name === 'href')?.value ?? '');
  if (!textOf(element).includes(host)) faults.push(`a link that does not say ${host}`);
  if (elementsOf(element.childNodes).some(({ tagName }) => tagName === 'a')) faults.push('a link within a link');
  return faults;
}

const show = (text: string): string => JSON.stringify(text).slice(0, 80);

describe('a description in Markdown', () => {
  const host = (name: string): string => ` <bdi class="host">(${name})</bdi>`;
  const link = (href: string, inner: string): string =>
    `<a href="${href}" rel="nofollow noopener noreferrer">${inner}</a>`;
  const p = (inner: string): string => `<p dir="auto">${inner}</p>`;

  it.each([
    ['', ''],
    [' \u200b\n', ''],
    ['Fresh beans.', p('Fresh beans.')],
    ['One\ntwo\n\n\n\nthree', p('One<br>two') + p('three')],
    ['One  \ntwo\\\nthree', p('One<br>two<br>three')],
    [
      '**bold** and *italic* and __bold__ and _italic_',
      p('<strong>bold</strong> and <em>italic</em> and <strong>bold</strong> and <em>italic</em>'),
    ],
    ['***both***', p('<em><strong>both</strong></em>')],
    ['**bold *and **bold** again* here**', p('<strong>bold <em>and bold again</em> here</strong>')],
    ['2 * 3 * 4 and a_b_c', p('2 * 3 * 4 and a_b_c')],
    ['- a\n- b', `<ul dir="auto"><li>${p('a')}</li><li>${p('b')}</li></ul>`],
    ['* a\n\n* b', `<ul dir="auto"><li>${p('a')}</li><li>${p('b')}</li></ul>`],
    ['1. a\n2. b', `<ol dir="auto"><li>${p('a')}</li><li>${p('b')}</li></ol>`],
    ['7) a', `<ol dir="auto" start="7"><li>${p('a')}</li></ol>`],
    ['- a\n  - b', `<ul dir="auto"><li>${p('a')}<ul dir="auto"><li>${p('b')}</li></ul></li></ul>`],
    ['- a\n\t- b', `<ul dir="auto"><li>${p('a')}<ul dir="auto"><li>${p('b')}</li></ul></li></ul>`],
    ['-\n- a\n-', `<ul dir="auto"><li>${p('a')}</li></ul>`],
    ['# Heading *one*', p('<strong>Heading <em>one</em></strong>')],
    ['Heading\n---\ntext', p('<strong>Heading</strong>') + p('text')],
    ['a\n\n---\n\nb', p('a') + p('b')],
    ['> quote', p('&gt; quote')],
    ['`code`', p('`code`')],
    ['<b>x</b> & "y"', p('&lt;b&gt;x&lt;/b&gt; &amp; &quot;y&quot;')],
    ['&copy; &amp; &lt;b&gt; \\*not\\*', p('\u00a9 &amp; &lt;b&gt; *not*')],
    [
      '[terms](https://shop.example/terms?a=1&b=2)',
      p(link('https://shop.example/terms?a=1&amp;b=2', `terms${host('shop.example')}`)),
    ],
    [
      '[**terms**](https://shop.example:8443 "title")',
      p(link('https://shop.example:8443/', `<strong>terms</strong>${host('shop.example:8443')}`)),
    ],
    ['<https://shop.example/a>', p(link('https://shop.example/a', 'https://shop.example/a'))],
    ['[shop.example](https://shop.example/a)', p(link('https://shop.example/a', 'shop.example'))],
    ['[](https://shop.example)', p(link('https://shop.example/', '<bdi class="host">shop.example</bdi>'))],
    ['[Shop.Example](https://shop.example)', p(link('https://shop.example/', `Shop.Example${host('shop.example')}`))],
    [
      '[a](https://b\u00fccher.example)',
      p(link('https://xn--bcher-kva.example/', `a${host('xn--bcher-kva.example')}`)),
    ],
    ['[a](http://shop.example)', p('[a](http://shop.example)')],
    ['https://shop.example', p('https://shop.example')],
    [
      '![picture](https://shop.example/a.png)',
      p(`!${link('https://shop.example/a.png', `picture${host('shop.example')}`)}`),
    ],
  ])('%j', (text, markup) => {
    expect(wordsMarkup(text).text).toBe(markup);
    expect(faultsOf(markup)).toEqual([]);
  });

  it('loses no word of a list that is nested too deep', () => {
    const names = Array.from({ length: 40 }, (_each, index) => `item${index}`);
    const text = names.map((name, depth) => `${' '.repeat(depth * 2)}- ${name}`).join('\n');
    for (const name of names) {
      expect(wordsMarkup(text).text).toContain(name);
      expect(plainWords(text)).toContain(name);
    }
  });

  it('isolates and cleans text that a character reference brings in', () => {
    expect(wordsMarkup('a&#x202e;b&#8203;c&#9;d&NewLine;e').text).toBe(p('abc d e'));
  });
});

describe('G01: a description that attacks its reader', () => {
  it('there are 200 texts and more, each of them once', () => {
    expect(HOSTILE_WORDS.length).toBeGreaterThanOrEqual(200);
    expect(new Set(HOSTILE_WORDS).size).toBe(HOSTILE_WORDS.length);
  });

  it.each([
    ['<script>alert(1)</script>', ['<script>']],
    ['<a href="javascript:alert(1)" rel="nofollow noopener noreferrer">x</a>', ['a href=javascript:alert(1)']],
    ['<p dir="auto" onclick="x">', ['p onclick=x']],
    [
      '<a href="https://evil.example/" rel="nofollow noopener noreferrer">bank</a>',
      ['a link that does not say evil.example'],
    ],
    ['<!-- x -->', ['a comment']],
    ['<p dir="auto">\u202e</p>', ['unseen "\u202e"']],
    [`${'<ul dir="auto"><li>'.repeat(20)}`, ['nested too deep']],
  ])('the look at a page notices %j', (markup, faults) => {
    const found = faultsOf(markup);
    for (const fault of faults) expect(found.join('\n')).toContain(fault);
  });

  it.each(HOSTILE_WORDS.map((text, index) => [index + 1, show(text), text] as const))(
    '%i %s',
    (_number, _shown, text) => {
      for (const whole of [
        text,
        `**Fine** ${text} words`,
        `- a\n- ${text}`,
        `[b](https://shop.example/${text})`,
        `[${text}](https://shop.example)`,
      ])
        expect([whole, faultsOf(wordsMarkup(whole).text)]).toEqual([whole, []]);
    },
  );

  it('is harmless however its pieces are put together', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...HOSTILE_PIECES), { maxLength: 40 }), (pieces) => {
        expect(faultsOf(wordsMarkup(pieces.join('')).text)).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it('is text for people where there is no markup: nothing unseen, and stable', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...HOSTILE_PIECES), { maxLength: 40 }), (pieces) => {
        const words = plainWords(pieces.join(''));
        expect(words.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(words).toBe(words.trim());
      }),
      { numRuns: 1000 },
    );
  });
});
