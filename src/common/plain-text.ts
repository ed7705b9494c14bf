/**
 * Text that strangers wrote, made harmless to look at: nothing in it may reorder, hide or forge the text around
 * it. Controls and format characters go (bidi overrides, zero-width characters, tags, soft hyphens), so do letters
 * that show nothing. Escaping is a separate step, and so is isolating the direction (`dir="auto"`, `<bdi>`).
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\u{34f}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{3164}\u{ffa0}]/gu;
const UNSEEN_OR_BLANK = /[\p{Cc}\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}\u{2800}]|[^\S ]/u;
/** More accents than any language stacks on one letter; taller stacks would paint over other lines. */
const TALL_STACK = /(\p{M}{4})\p{M}+/gu;

/** False when something in it cannot be seen, turns round what stands beside it, or is a blank that no keyboard makes. */
export function isSeen(text: string): boolean {
  return text.isWellFormed() && !UNSEEN_OR_BLANK.test(text);
}

/** True when something of it leaves a mark: not only blanks, joiners, and variants of letters that are not there. */
export function leavesMark(text: string): boolean {
  return plainLine(text).replace(/[\p{Default_Ignorable_Code_Point}\u{2800}\s]/gu, '') !== '';
}

/** One line, trimmed; empty when nothing visible is left. Runs of blanks are joined last: what was removed may have stood between two. */
export function plainLine(text: string): string {
  return plainPiece(text).replace(/ {2,}/g, ' ').trim();
}

/** A piece of a line: the blanks at its ends stay. */
export function plainPiece(text: string): string {
  return visible(text.replace(/[^\S\u{feff}]/gu, ' '));
}

/** Lines are kept, at most one empty line in a row. */
export function plainText(text: string): string {
  const lines = text.split(/\r\n|[\n\r\u{85}\u{2028}\u{2029}]/u).map(plainLine);
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function visible(text: string): string {
  return text.toWellFormed().replace(UNSEEN, '').replace(TALL_STACK, '$1');
}
