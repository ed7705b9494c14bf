import { DomainError } from '../common/errors';
import { NumberText } from '../common/number-text';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
/** Objects and lists inside each other; the deepest body that means something here has six. */
const MAX_DEPTH = 32;
const [QUOTE, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = Buffer.from('"\\{}[]');
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Strict JSON (RFC 8259): at most 32 levels deep, valid UTF-8, no U+0000 and no half character in any string, no key that could reach a prototype. Numbers keep
 * their text where a double would change it. Throws `malformed_json` saying which of these it was.
 */
export function parseJsonBody(body: Buffer): unknown {
  assertDepth(body);
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    throw new DomainError('malformed_json', { detail: 'The request body is not valid UTF-8' });
  }
  if (text.trim() === '')
    throw new DomainError('malformed_json', { detail: 'The request body is empty; send a JSON object' });
  try {
    return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as unknown;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('malformed_json'); // SyntaxError
  }
}

/**
 * Read off the bytes, because whatever walks a value walks it recursively, the parser first. Bytes of characters
 * beyond ASCII are never mistaken for these (RFC 3629 section 3).
 */
function assertDepth(body: Buffer): void {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (isQuoted && byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1;
    if (depth > MAX_DEPTH)
      throw new DomainError('malformed_json', {
        detail: `The request body is nested too deep: at most ${MAX_DEPTH} objects and lists may lie inside each other`,
      });
  }
}

function revive(key: string, value: unknown, context: { source?: string }): unknown {
  if (FORBIDDEN_KEYS.has(key))
    throw new DomainError('malformed_json', { detail: `The member name ${key} is not allowed` });
  assertText(key, 'Member names');
  if (typeof value === 'string') assertText(value, 'Strings');
  if (typeof value !== 'number') return value;
  return context.source === undefined || String(value) === context.source ? value : new NumberText(context.source);
}

/** What PostgreSQL cannot store as text: U+0000 and half of a surrogate pair. */
function assertText(text: string, what: string): void {
  if (text.includes('\0'))
    throw new DomainError('malformed_json', { detail: `${what} must not contain the character U+0000` });
  if (!text.isWellFormed()) throw new DomainError('malformed_json', { detail: `${what} must be well-formed Unicode` });
}
