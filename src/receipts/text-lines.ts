import bidiFactory from 'bidi-js';
import type { FontName } from './fonts';
import { type Coverage, type Lettering, letteringOf } from './lettering';

/** A piece of a line in one font and one direction, its text in the order in which it is read. */
export interface Run {
  readonly text: string;
  readonly font: FontName;
}

/** One line as it stands on paper, from left to right. */
export interface TextLine {
  readonly runs: readonly Run[];
  /** A paragraph that is read from the right begins at the right edge. */
  readonly rightToLeft: boolean;
}

/** Width of a text in one font, in points at the size in question. */
export type Measure = (text: string, font: FontName) => number;

const bidi = bidiFactory();
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * Lines no wider than `width`. Breaks between words, between letters of scripts without spaces, and anywhere in a
 * word that is wider than a line; the order within a line is that of UAX #9.
 */
export function textLines(
  text: string,
  width: number,
  setting: { readonly base: 'regular' | 'bold'; readonly coverage: Coverage; readonly measure: Measure },
): readonly TextLine[] {
  return text.split('\n').flatMap((paragraph) => {
    const lettering = letteringOf(paragraph, setting.base, setting.coverage);
    const ranges = rangesOf(lettering, width, setting.measure);
    if (!RIGHT_TO_LEFT.test(paragraph))
      return ranges.map(([from, to]) => ({ runs: runsOf(lettering, indices(from, to)), rightToLeft: false }));
    return reordered(lettering, ranges);
  });
}

type Range = readonly [from: number, to: number];

function rangesOf(lettering: Lettering, width: number, measure: Measure): readonly Range[] {
  const ends = [...lettering.breaks, lettering.text.length];
  const lines: Range[] = [];
  let start = 0;
  let fits = 0;
  for (let at = 0; at < ends.length;) {
    const end = ends[at] as number;
    if (widthOf(lettering, start, end, measure) <= width) {
      fits = end;
      at += 1;
    } else if (fits > start) {
      lines.push([start, fits]);
      start = fits;
    } else {
      fits = cut(lettering, [start, end], width, measure);
      if (fits === end) at += 1;
    }
  }
  return [...lines, [start, lettering.text.length]];
}

/** Where a word that is wider than a line must be cut: after one character at least. */
function cut(lettering: Lettering, [start, end]: Range, width: number, measure: Measure): number {
  let at = start;
  for (const { segment } of new Intl.Segmenter('und').segment(lettering.text.slice(start, end))) {
    const next = at + segment.length;
    if (at > start && widthOf(lettering, start, next, measure) > width) return at;
    at = next;
  }
  return end;
}

/** Spaces at the end of a line take no room. */
function widthOf({ text, fonts }: Lettering, from: number, to: number, measure: Measure): number {
  const end = inkEnd(text, from, to);
  let sum = 0;
  for (let at = from; at < end;) {
    const start = at;
    while (at < end && fonts[at] === fonts[start]) at += 1;
    sum += measure(text.slice(start, at), fonts[start] as FontName);
  }
  return sum;
}

/** Blanks that end a line stand at the end of its paragraph's direction (UAX #9, L1), which bidi-js does for a first line only. */
function inkEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && text[end - 1] === ' ') end -= 1;
  return end;
}

function indices(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_each, offset) => from + offset);
}

function runsOf({ text, fonts }: Lettering, order: readonly number[]): readonly Run[] {
  const runs: { text: string; font: FontName }[] = [];
  for (const index of order) {
    const font = fonts[index] as FontName;
    const last = runs.at(-1);
    if (last?.font === font) last.text += text[index] ?? '';
    else runs.push({ text: text[index] ?? '', font });
  }
  return runs;
}

function reordered(lettering: Lettering, ranges: readonly Range[]): readonly TextLine[] {
  const embedding = bidi.getEmbeddingLevels(lettering.text);
  const mirrored = bidi.getMirroredCharactersMap(lettering.text, embedding.levels);
  const text = Array.from(
    { length: lettering.text.length },
    (_each, index) => mirrored.get(index) ?? lettering.text[index],
  ).join('');
  const rightToLeft = ((embedding.paragraphs[0]?.level ?? 0) & 1) === 1;
  return ranges.map(([from, to]) => {
    const end = inkEnd(lettering.text, from, to);
    const order =
      from === end ? [] : bidi.getReorderedIndices(lettering.text, embedding, from, end - 1).slice(from, end);
    const blanks = indices(end, to);
    return {
      runs: directedRuns(
        { ...lettering, text },
        rightToLeft ? [...blanks.toReversed(), ...order] : [...order, ...blanks],
        embedding.levels,
      ),
      rightToLeft,
    };
  });
}

/**
 * Words that are read from the right stay whole and in reading order, because the font joins their letters and
 * turns them round itself; what has no direction of its own among them is turned round here.
 */
function directedRuns(lettering: Lettering, order: readonly number[], levels: Uint8Array): readonly Run[] {
  const groups: number[][] = [];
  for (const index of order) {
    const last = groups.at(-1);
    if (last !== undefined && continues(lettering, levels, last.at(-1) as number, index)) last.push(index);
    else groups.push([index]);
  }
  return groups.map((group) => {
    const [first = 0] = group;
    const read = isOdd(levels, first) ? group.toReversed() : group;
    const text = read.map((index) => lettering.text[index] ?? '').join('');
    return {
      text: isOdd(levels, first) && !RIGHT_TO_LEFT.test(text) ? Array.from(text).toReversed().join('') : text,
      font: lettering.fonts[first] as FontName,
    };
  });
}

function continues({ text, fonts }: Lettering, levels: Uint8Array, before: number, index: number): boolean {
  if (fonts[before] !== fonts[index] || isOdd(levels, before) !== isOdd(levels, index)) return false;
  if (!isOdd(levels, index)) return index === before + 1;
  return index === before - 1 && text[index] !== ' ' && text[before] !== ' ';
}

function isOdd(levels: Uint8Array, index: number): boolean {
  return ((levels[index] ?? 0) & 1) === 1;
}
