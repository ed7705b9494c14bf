import { DomainError } from '../common/errors';
import { NumberText } from '../common/number-text';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Strict JSON (RFC 8259): valid UTF-8, no U+0000 and no half character in any string, no key that could reach a prototype. Numbers keep
 * their text where a double would change it. Throws `malformed_json` saying which of these it was.
 */
export function parseJsonBody(body: Buffer): unknown {
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    throw new DomainError('malformed_json', { detail: 'The request body is not valid UTF-8' });
  }
  if (text.trim() === '') throw new DomainError('malformed_json', { detail: 'The request body is empty; send a JSON object' });
  try {
    return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as unknown;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('malformed_json'); // SyntaxError, or RangeError of a body nested thousands deep
  }
}

function revive(key: string, value: unknown, context: { source?: string }): unknown {
  if (FORBIDDEN_KEYS.has(key)) throw new DomainError('malformed_json', { detail: `The member name ${key} is not allowed` });
  assertText(key, 'Member names');
  if (typeof value === 'string') assertText(value, 'Strings');
  if (typeof value !== 'number') return value;
  return context.source === undefined || String(value) === context.source ? value : new NumberText(context.source);
}

/** What PostgreSQL cannot store as text: U+0000 and half of a surrogate pair. */
function assertText(text: string, what: string): void {
  if (text.includes('\0')) throw new DomainError('malformed_json', { detail: `${what} must not contain the character U+0000` });
  if (!text.isWellFormed()) throw new DomainError('malformed_json', { detail: `${what} must be well-formed Unicode` });
}
