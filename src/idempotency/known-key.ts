import type { StoredAnswer } from './stored-answer';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the request's Idempotency-Key, where it was read together with the credential; null where no such key counts. */
    knownKey?: KnownKey | null;
  }
}

/** A key that counts: it has not expired. */
export interface KnownKey {
  readonly fingerprint: Buffer;
  /** Null while it is being answered, and after a worker died on it. */
  readonly answer: StoredAnswer | null;
  /** Seconds left of the lease by the database clock; not positive when it is over or there is none. */
  readonly leaseSeconds: number;
}

/** A row of `KEY_COLUMNS`; every member is null where there is no such key. */
export interface KeyRow {
  readonly fingerprint: Buffer | null;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: Buffer | null;
  readonly answerScopes: readonly string[] | null;
  readonly leaseSeconds: number | null;
}

/** SQL that names the key that is looked up, and when it must still count. */
export interface AskedKeySql {
  readonly merchant: string;
  readonly scope: string;
  readonly key: string;
  readonly at: string;
}

/** Of the table `k`. Their names are no column's of a credential, with which they may share a row. */
export const KEY_COLUMNS = `k.fingerprint, k.status, k.headers, k.body, k.scopes as "answerScopes", extract(epoch from k.locked_until - clock_timestamp())::float8 as "leaseSeconds"`;

export function keyCounts({ merchant, scope, key, at }: AskedKeySql): string {
  return `k.merchant_id = ${merchant} and k.scope = ${scope} and k.key = ${key} and k.expires_at > ${at}`;
}

/**
 * A row as `KeyRow`, or none, for a lateral table: one look into the primary key. The limit keeps the planner from joining with the
 * whole of a table that is still small, which it would go on doing while the table grows.
 */
export function keyLookup(asked: AskedKeySql): string {
  return `select ${KEY_COLUMNS} from idempotency_keys k where ${keyCounts(asked)} limit 1`;
}

export function knownKey(row: KeyRow | undefined): KnownKey | null {
  if (row === undefined || row.fingerprint === null) return null;
  const answer =
    row.status === null
      ? null
      : { status: row.status, headers: row.headers ?? {}, body: row.body, scopes: row.answerScopes ?? [] };
  return { fingerprint: row.fingerprint, answer, leaseSeconds: row.leaseSeconds ?? 0 };
}
