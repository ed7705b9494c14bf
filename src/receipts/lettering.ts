import type { FontName } from './fonts';

/** Which letters a font has; `character` is one as a reader counts them, with its accents. */
export interface Coverage {
  has(font: FontName, character: string): boolean;
}

/** Text that can be set: every UTF-16 unit with the font that has it. */
export interface Lettering {
  readonly text: string;
  readonly fonts: readonly FontName[];
  /** Indices before which a line may begin anew. */
  readonly breaks: readonly number[];
}

const EAST_ASIAN: readonly FontName[] = ['japanese', 'chinese', 'korean'];
const CHARACTERS = new Intl.Segmenter('und', { granularity: 'grapheme' });
const PLAIN = /^[\x20-\x7e]*$/;
/** Scripts that are written without spaces between words. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** `text` is one paragraph. A character that no font has is spelt out as its code points, so that nothing is lost. */
export function letteringOf(text: string, base: 'regular' | 'bold', coverage: Coverage): Lettering {
  if (PLAIN.test(text)) return plain(text, base);
  const characters = Array.from(CHARACTERS.segment(text), ({ segment }) => segment);
  const order = [base, ...eastAsianOrder(characters, base, coverage)];
  const fonts: FontName[] = [];
  const breaks: number[] = [];
  let set = '';
  let previous = '';
  for (const character of characters) {
    const font = order.find((each) => coverage.has(each, character));
    const shown = font === undefined ? spelt(character) : character;
    if (previous !== '' && isBreak(previous, font === undefined ? undefined : character)) breaks.push(set.length);
    for (let unit = 0; unit < shown.length; unit += 1) fonts.push(font ?? base);
    set += shown;
    previous = character;
  }
  return { text: set, fonts, breaks };
}

function plain(text: string, font: FontName): Lettering {
  const breaks = Array.from(text.matchAll(/ (?=[^ ])/g), ({ index }) => index + 1);
  return { text, fonts: Array.from<FontName>({ length: text.length }).fill(font), breaks };
}

/** One text in one hand: the font that has most of its letters comes first. */
function eastAsianOrder(characters: readonly string[], base: FontName, coverage: Coverage): readonly FontName[] {
  const foreign = [...new Set(characters)].filter((each) => !coverage.has(base, each));
  if (foreign.length === 0) return [];
  const had = (font: FontName): number => foreign.filter((each) => coverage.has(font, each)).length;
  return EAST_ASIAN.map((font) => ({ font, had: had(font) }))
    .toSorted((a, b) => b.had - a.had)
    .map(({ font }) => font);
}

/** `next` is undefined for a character that is spelt out. */
function isBreak(previous: string, next: string | undefined): boolean {
  if (next === ' ') return false;
  return previous === ' ' || next === undefined || UNSPACED.test(next) || UNSPACED.test(previous);
}

function spelt(character: string): string {
  return `[${Array.from(character, (each) => `U+${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`).join(' ')}]`;
}
