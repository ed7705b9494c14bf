import type { DomainError, ErrorCode } from '../common/errors';

/** An answer as it is kept: everything a replay needs to be the same, byte by byte. */
export interface StoredAnswer {
  readonly status: number;
  /** `content-type` and, where the answer has them, `location` and `etag`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  /** What the credentials of the first request were let in by, beyond the route's own scope. */
  readonly scopes: readonly string[];
}

const KEPT_HEADERS = ['content-type', 'location', 'etag'];

/** The headers of an answer that a replay repeats; names in lower case. */
export function keptHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(
    entries.filter(
      (entry): entry is readonly [string, string] => KEPT_HEADERS.includes(entry[0]) && typeof entry[1] === 'string',
    ),
  );
}

/** Conflicts found by reading the document or the key, before anything was done. */
const BEFORE_EXECUTION: readonly ErrorCode[] = [
  'resource_type_conflict',
  'resource_id_conflict',
  'idempotency_key_reused',
  'idempotency_key_in_use',
];

/**
 * True for a decision of the business (402, 409, 410, 422): it stays the answer even when the circumstances change.
 * A 422 that blames members of the input is a validation failure: the caller may mend the body and keep the key.
 */
export function isDecision(error: DomainError): boolean {
  if (BEFORE_EXECUTION.includes(error.code)) return false;
  return [402, 409, 410].includes(error.status) || (error.status === 422 && error.faults.length === 0);
}
