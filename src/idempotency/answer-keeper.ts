import { placeholders, type WriteFragment } from '../database/write-fragment';
import type { KeyClaim } from './key-claim';
import type { StoredAnswer } from './stored-answer';

/** A word that only the statement knows: a column of one of its tables. It holds nothing that JSON would escape. */
export interface StatementWord {
  readonly table: string;
  readonly column: string;
}

/**
 * Stores the answer of a request in the statement that makes its subject, so that both exist or neither. `tell` returns the
 * answer with a blank in place of `word`. The statement violates `idempotency_keys_pkey` when the key is taken.
 */
export type AnswerKeeper = (tell: (blank: string) => unknown, word: StatementWord) => WriteFragment;

/** An answer as JSON, with `blank` wherever the word will stand; no text of a caller can hold it. */
export interface BlankAnswer extends Omit<StoredAnswer, 'body'> {
  readonly text: string;
  readonly blank: string;
}

/** Its parameters, the first six of which are the claim's. */
const COUNT = 11;

export function keepAnswer(
  { merchantId, scope, key, fingerprint, createdAt, expiresAt }: KeyClaim,
  { status, headers, text, blank, scopes }: BlankAnswer,
  { table, column }: StatementWord,
): WriteFragment {
  const claim = [merchantId, scope, key, fingerprint, createdAt, expiresAt];
  return {
    values: [...claim, status, JSON.stringify(headers), text, blank, scopes],
    sql: (first) => {
      const [merchant, network, name, print, created, expires, code, kept, body, gap, held] = placeholders(
        first,
        COUNT,
      );
      return `kept as (
      insert into idempotency_keys (merchant_id, scope, key, fingerprint, created_at, expires_at, status, headers, body, scopes)
      select ${merchant}::uuid, ${network}, ${name}, ${print}::bytea, ${created}::timestamptz, ${expires}::timestamptz, ${code}::integer, ${kept}::jsonb,
        convert_to(replace(${body}, ${gap}, ${table}.${column}), 'UTF8'), ${held}::text[]
      from ${table}
    )`;
    },
  };
}
