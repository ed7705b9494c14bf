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

const FIRST_SIZE = 64 * 1024;
/** A scratch beyond this is not kept for the next document. */
const KEPT_SIZE = 1024 * 1024;
/** UTF-8 takes at most this many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;

let kept: Buffer | undefined;

/**
 * A document under way, as UTF-8. Writers gather short pieces as text and hand them over now and then: V8 joins a few
 * hundred pieces much faster than the ten thousand of a long list, which outlive its young generation.
 */
export class DocumentBytes {
  private scratch: Buffer;
  private length = 0;

  constructor() {
    this.scratch = kept ?? Buffer.allocUnsafeSlow(FIRST_SIZE);
    kept = undefined;
  }

  add(text: string): void {
    const wanted = this.length + text.length * BYTES_PER_UNIT;
    if (wanted > this.scratch.length) this.grow(wanted);
    this.length += this.scratch.write(text, this.length);
  }

  /** The whole, in memory of its own; nothing may be added after it. */
  end(): Buffer {
    const bytes = Buffer.from(this.scratch.subarray(0, this.length));
    if (this.scratch.length <= KEPT_SIZE) kept = this.scratch;
    return bytes;
  }

  private grow(wanted: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * this.scratch.length));
    this.scratch.copy(larger, 0, 0, this.length);
    this.scratch = larger;
  }
}
