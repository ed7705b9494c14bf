import type { Identifier, JsonValue, Linkage } from './resource';

// Beyond the plain characters JSON.stringify decides; testing first is several times faster than calling it.
const NEEDS_ESCAPE = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** Throws on what JSON cannot say: an attribute that is undefined is a defect of its definition. */
export function valueText(value: JsonValue): string {
  if (typeof value === 'string') return NEEDS_ESCAPE.test(value) ? JSON.stringify(value) : `"${value}"`;
  if (value === null) return 'null';
  if (value instanceof Date) return `"${instantText(value)}"`;
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new Error('an attribute has no JSON value');
  return text;
}

let lastDay = Number.NaN;
let lastDayText = '';

/**
 * What `toISOString` says, of which the calendar is the slow part: rows of one list mostly share their days, so the
 * last day's text is kept. Throws RangeError for an invalid date.
 */
export function instantText(instant: Date): string {
  const ms = instant.getTime();
  const day = Math.floor(ms / DAY_MS);
  if (day !== lastDay) {
    lastDayText = instant.toISOString().slice(0, -13);
    lastDay = day;
  }
  const rest = ms - day * DAY_MS;
  const seconds = Math.floor(rest / 1000);
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${lastDayText}${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[seconds % 60]}.${String(rest % 1000).padStart(3, '0')}Z`;
}

/** `null`, one identifier, or a list of them. */
export function linkageText(linkage: Exclude<Linkage, undefined>): string {
  if (linkage === null) return 'null';
  return 'type' in linkage ? identifierText(linkage) : `[${linkage.map(identifierText).join(',')}]`;
}

function identifierText({ type, id }: Identifier): string {
  return `{"type":"${type}","id":${valueText(id)}}`;
}
