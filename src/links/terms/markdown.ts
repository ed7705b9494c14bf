import type { MarkdownIt, Token } from 'markdown-it';
import { httpsAddress } from '../../common/https-address';
import { leavesMark, plainLine, plainPiece, plainText } from '../../common/plain-text';

/**
 * A description in Markdown, read into the few things that it may say: paragraphs, lists, bold, italics, line breaks and
 * links to public https addresses. Everything else that Markdown or HTML can say stays text. What reads it here writes no
 * HTML: the page escapes each text by itself, so that a fault of the parser cannot become markup.
 */

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'strong' | 'em'; readonly of: readonly Inline[] }
  | { readonly kind: 'link'; readonly url: URL; readonly of: readonly Inline[] };

export type Block =
  | { readonly kind: 'paragraph'; readonly of: readonly Inline[] }
  /** `first` is the number of the first item, null where items have none. */
  | { readonly kind: 'list'; readonly first: number | null; readonly items: readonly (readonly Block[])[] };

/** Longer text is not read as Markdown. Callers allow far less; this bounds the time that a stranger's text can take. */
const MAX_LENGTH = 20_000;
const LINE_BREAK = /\r\n|[\n\r\u{85}\u{2028}\u{2029}]/u;
const MAX_INDENT = 16;
/** A list and its item are a level each: the fourth list within lists stays text. */
const LIST_LEVELS = 6;

/** What a description says. Empty when nothing of it can be seen. */
export function readMarkdown(text: string): Block[] {
  const clean = cleanLines(text);
  const blocks = clean.length > MAX_LENGTH ? [] : blocksOf(parser().parse(clean, {}).values(), '');
  return blocks.length > 0 || !leavesMark(text) ? blocks : [{ kind: 'paragraph', of: plainInlines(text) }];
}

/** The same text without markup, for e-mails and paper. The address of a link follows its words. */
export function plainWords(text: string): string {
  return plainText(readMarkdown(text).map(blockText).join('\n\n'));
}

/** What is written in it, without the addresses of links. */
export function inlineText(inlines: readonly Inline[]): string {
  return inlines
    .map((each) => {
      if (each.kind === 'text') return each.text;
      return each.kind === 'break' ? '\n' : inlineText(each.of);
    })
    .join('');
}

/** Whether the words of a link are its address or its host, so that it need not be said again. */
export function saysWhere(words: string, { href, host, origin }: URL): boolean {
  return [href, host, origin].includes(words);
}

type MarkdownItClass = typeof import('markdown-it');

let loaded: MarkdownIt | undefined;

/** Loaded with the first description: no start needs it. */
function parser(): MarkdownIt {
  return (loaded ??= make(require('markdown-it') as MarkdownItClass));
}

function make(Markdown: MarkdownItClass): MarkdownIt {
  const markdown = new Markdown('zero', { maxNesting: 100 }).enable([
    'heading',
    'lheading',
    'hr',
    'list',
    'newline',
    'escape',
    'entity',
    'emphasis',
    'link',
    'autolink',
  ]);
  markdown.validateLink = (url) => httpsAddress(url) !== null;
  markdown.normalizeLink = (url) => url;
  markdown.normalizeLinkText = (url) => url;
  limitLists(Markdown, markdown);
  return markdown;
}

/** Beyond its nesting the parser drops text. A list that is too deep is no list instead, and its text stays. */
function limitLists(Markdown: MarkdownItClass, markdown: MarkdownIt): void {
  const [list] = new Markdown('zero').enable('list').block.ruler.getRules('');
  if (list === undefined) throw new Error('the parser has no lists');
  markdown.block.ruler.at(
    'list',
    (state, first, last, silent) => state.level < LIST_LEVELS && list(state, first, last, silent),
    { alt: ['paragraph', 'reference', 'blockquote'] },
  );
}

type Tokens = Iterator<Token>;

/** Blocks up to the token that closes what they stand in. */
function blocksOf(tokens: Tokens, end: string): Block[] {
  const blocks: Block[] = [];
  for (let next = tokens.next(); next.done !== true && next.value.type !== end; next = tokens.next()) {
    const block = blockOf(next.value, tokens);
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

function blockOf(token: Token, tokens: Tokens): Block | undefined {
  if (token.type === 'bullet_list_open') return listOf(tokens, 'bullet_list_close', null);
  if (token.type === 'ordered_list_open')
    return listOf(tokens, 'ordered_list_close', Number(token.attrGet('start') ?? 1));
  // The content of a heading is the token behind its opening.
  if (token.type === 'heading_open') return paragraphOf(tokens.next().value, 'strong');
  return token.type === 'inline' ? paragraphOf(token, 'root') : undefined;
}

function listOf(tokens: Tokens, end: string, first: number | null): Block | undefined {
  const items: Block[][] = [];
  for (let next = tokens.next(); next.done !== true && next.value.type !== end; next = tokens.next()) {
    if (next.value.type === 'list_item_open') items.push(blocksOf(tokens, 'list_item_close'));
  }
  const seen = items.filter((item) => item.length > 0);
  return seen.length > 0 ? { kind: 'list', first, items: seen } : undefined;
}

function paragraphOf(token: Token, kind: 'root' | 'strong'): Block | undefined {
  const inlines = inlinesOf(token.children ?? [], kind);
  if (!leavesMark(inlineText(inlines)) && !inlines.some(hasLink)) return undefined;
  return { kind: 'paragraph', of: kind === 'root' ? inlines : [{ kind, of: inlines }] };
}

function hasLink(inline: Inline): boolean {
  return inline.kind === 'link' || ('of' in inline && inline.of.some(hasLink));
}

/** What is open at a place, outermost first. Bold within bold is bold: nesting is never deeper than the kinds are many. */
type Frame = readonly [kind: string, of: Inline[]];

function inlinesOf(tokens: readonly Token[], kind: string): Inline[] {
  const root: Inline[] = [];
  const frames: Frame[] = [[kind, root]];
  for (const token of tokens) {
    const into = frames.at(-1)?.[1] ?? root;
    if (token.nesting === 1) frames.push(opened(token, frames, into));
    else if (token.nesting === -1) frames.pop();
    else into.push(...leavesOf(token));
  }
  return root;
}

/** Line breaks; and text, cleaned again because character references were read since. */
function leavesOf(token: Token): Inline[] {
  if (token.type === 'softbreak' || token.type === 'hardbreak') return [{ kind: 'break' }];
  const text = plainPiece(token.content);
  return text === '' ? [] : [{ kind: 'text', text }];
}

function opened(token: Token, frames: readonly Frame[], into: Inline[]): Frame {
  const inner: Inline[] = [];
  const node = nodeOf(token, inner);
  if (node === null || frames.some(([kind]) => kind === node.kind)) return ['', into];
  into.push(node);
  return [node.kind, inner];
}

function nodeOf(token: Token, of: Inline[]): Exclude<Inline, { kind: 'text' }> | null {
  if (token.type === 'strong_open') return { kind: 'strong', of };
  if (token.type === 'em_open') return { kind: 'em', of };
  const url = token.type === 'link_open' ? httpsAddress(String(token.attrGet('href'))) : null;
  return url === null ? null : { kind: 'link', url, of };
}

/** Without what cannot be seen, as `plainText` leaves it, but with the indentation that nests lists. */
function cleanLines(text: string): string {
  return text
    .split(LINE_BREAK)
    .map((line) => indentOf(line) + plainLine(line))
    .join('\n');
}

function indentOf(line: string): string {
  const [blanks = ''] = /^[^\S\u{feff}]*/u.exec(line) ?? [];
  return ' '.repeat(Math.min(MAX_INDENT, blanks.replaceAll('\t', '    ').length));
}

function plainInlines(text: string): Inline[] {
  return plainText(text)
    .split('\n')
    .flatMap((line, index): Inline[] => [
      ...(index === 0 ? [] : [{ kind: 'break' } as const]),
      { kind: 'text', text: line },
    ]);
}

function blockText(block: Block): string {
  if (block.kind === 'paragraph') return block.of.map(textWithAddresses).join('');
  const { first, items } = block;
  return items
    .map((item, index) => `${first === null ? '-' : `${first + index}.`} ${item.map(blockText).join('\n')}`)
    .join('\n');
}

function textWithAddresses(inline: Inline): string {
  if (inline.kind === 'text') return inline.text;
  if (inline.kind === 'break') return '\n';
  const words = inline.of.map(textWithAddresses).join('');
  if (inline.kind !== 'link' || saysWhere(words, inline.url)) return words;
  return leavesMark(words) ? `${words} (${inline.url.href})` : inline.url.href;
}
