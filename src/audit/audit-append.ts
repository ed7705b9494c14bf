import { auditContent, type AuditEntry, canonicalJson, GENESIS } from './audit-entry';

export type NewAuditEntry = Omit<AuditEntry, 'sequence' | 'previousHash' | 'hash'>;

/** How many parameters `auditAppendSql` takes. */
const PARAMETERS = 13;

/**
 * Common table expressions that append an entry, for a statement that makes the change as well: `source` is the name of
 * an earlier one, and the entry is made when that has a row. The head's row lock puts the changes of one merchant in
 * line, so that the chain never forks; it is held until the transaction ends. Parameters begin at `first`.
 */
export function auditAppendSql(first: number, source: string): string {
  const [merchant, genesis, content, id, actor, action, subjectType, subjectId, before, after, network, requestId, occurredAt] = Array.from({ length: PARAMETERS }, (_unused, at) => `$${first + at}`);
  return `audit_head as (
    insert into audit_heads as h (merchant_id, sequence, previous_hash, hash) select ${merchant}::uuid, 1, ${genesis}::bytea, sha256(${genesis}::bytea || ${content}::bytea) from ${source}
    on conflict (merchant_id) do update set sequence = h.sequence + 1, previous_hash = h.hash, hash = sha256(h.hash || ${content}::bytea)
    returning sequence, previous_hash, hash
  ), audit_entry as (
    insert into audit_entries (merchant_id, sequence, id, actor, action, subject_type, subject_id, before, after, network, request_id, occurred_at, previous_hash, hash)
    select ${merchant}::uuid, audit_head.sequence, ${id}::uuid, ${actor}, ${action}, ${subjectType}, ${subjectId}, ${before}::jsonb, ${after}::jsonb, ${network}, ${requestId}, ${occurredAt}::timestamptz,
      audit_head.previous_hash, audit_head.hash from audit_head
    returning sequence
  )`;
}

/** Null for a statement that may append and does not this time. */
export function auditAppendValues(entry: NewAuditEntry | null): unknown[] {
  if (entry === null) return Array.from({ length: PARAMETERS }, () => null);
  const { merchantId, id, actor, action, subjectType, subjectId, before, after, network, requestId, occurredAt } = entry;
  const json = (value: NewAuditEntry['before']): string | null => (value === null ? null : canonicalJson(value));
  return [merchantId, GENESIS, auditContent(entry), id, actor, action, subjectType, subjectId, json(before), json(after), network, requestId, occurredAt];
}
