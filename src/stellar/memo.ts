import type { CreditMemo } from './ledger-source';

/** Memo as the ledger keeps it; compared by type AND raw bytes, never by a text that several memos share. */
export type Memo = CreditMemo;

export const NO_MEMO: Memo = { type: 'none', bytes: new Uint8Array(0) };
/** MEMO_TEXT holds at most 28 bytes (not characters). */
export const MAX_MEMO_TEXT_BYTES = 28;

const MAX_UINT64 = (1n << 64n) - 1n;
const UINT64_TEXT = /^(0|[1-9]\d{0,19})$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** MEMO_TEXT; undefined when longer than 28 bytes of UTF-8 or not well-formed Unicode. */
export function textMemo(text: string): Memo | undefined {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length <= MAX_MEMO_TEXT_BYTES && text.isWellFormed() ? { type: 'text', bytes } : undefined;
}

/** MEMO_ID; undefined outside uint64. */
export function idMemo(id: bigint): Memo | undefined {
  return id >= 0n && id <= MAX_UINT64 ? { type: 'id', bytes: Buffer.from(id.toString()) } : undefined;
}

/** MEMO_ID from the one canonical decimal text (no sign, space or leading zero). */
export function parseIdMemo(text: string): Memo | undefined {
  return UINT64_TEXT.test(text) ? idMemo(BigInt(text)) : undefined;
}

/** MEMO_HASH or MEMO_RETURN of exactly 32 bytes. */
export function hashMemo(type: 'hash' | 'return', bytes: Uint8Array): Memo | undefined {
  return bytes.length === 32 ? { type, bytes } : undefined;
}

export function sameMemo(a: Memo, b: Memo): boolean {
  return a.type === b.type && Buffer.compare(a.bytes, b.bytes) === 0;
}

/** For people and logs: the text, the number, or hex; null for none or for text that is not UTF-8. */
export function memoText(memo: Memo): string | null {
  if (memo.type === 'none') return null;
  const bytes = Buffer.from(memo.bytes);
  if (memo.type === 'hash' || memo.type === 'return') return bytes.toString('hex');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : null;
}

/** Canonical base64 to bytes; undefined for any other spelling (`Buffer.from` would skip what it does not know). */
export function bytesFromBase64(text: string): Buffer | undefined {
  if (!BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/**
 * Memo of a Horizon transaction record: `memo_type`, `memo`, `memo_bytes`. Text is read from `memo_bytes` because
 * `memo` has lost bytes that are not UTF-8; hash and return are base64 there. Undefined when it cannot be read.
 */
export function memoFromHorizon(type: unknown, memo: unknown, memoBytes: unknown): Memo | undefined {
  if (type === 'none') return memo === undefined ? NO_MEMO : undefined;
  if (type === 'text') return horizonText(memo, memoBytes);
  if (typeof memo !== 'string') return undefined;
  if (type === 'id') return parseIdMemo(memo);
  if (type !== 'hash' && type !== 'return') return undefined;
  const bytes = bytesFromBase64(memo);
  return bytes === undefined ? undefined : hashMemo(type, bytes);
}

function horizonText(memo: unknown, memoBytes: unknown): Memo | undefined {
  if (typeof memoBytes !== 'string' || memoBytes === '') {
    return memo === undefined || typeof memo === 'string' ? textMemo(memo ?? '') : undefined;
  }
  const bytes = bytesFromBase64(memoBytes);
  return bytes === undefined || bytes.length > MAX_MEMO_TEXT_BYTES ? undefined : { type: 'text', bytes };
}
