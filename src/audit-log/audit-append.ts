import { placeholders, type WriteFragment } from '../database/write-fragment';
import { canonicalJson } from '../common/canonical-json';
import { isoInstant } from '../common/clock';
import { type AuditEntry, GENESIS } from './audit-entry';

export type NewAuditEntry = Omit<AuditEntry, 'sequence' | 'previousHash' | 'hash'>;

/**
 * Appends an entry, as a part of a statement that may make the change as well: `source` is the name of an earlier table of it, and the
 * entry is made when that has a row. The head's row lock puts the changes of one merchant in line, so that the chain never
 * forks; it is held until the transaction ends.
 */
export function auditAppend(entry: NewAuditEntry, source?: string): WriteFragment {
  const { merchantId, id, actor, action, subjectType, subjectId, before, after, network, requestId, occurredAt } =
    entry;
  const json = (value: NewAuditEntry['before']): string | null => (value === null ? null : canonicalJson(value));
  const values = [
    merchantId,
    GENESIS,
    auditContent(entry),
    id,
    actor,
    action,
    subjectType,
    subjectId,
    json(before),
    json(after),
    network,
    requestId,
    occurredAt,
  ];
  return {
    values,
    sql: (first) => appendSql(placeholders(first, values.length), source === undefined ? '' : `from ${source}`),
  };
}

function appendSql(parameters: readonly string[], from: string): string {
  const [
    merchant,
    genesis,
    content,
    id,
    actor,
    action,
    subjectType,
    subjectId,
    before,
    after,
    network,
    requestId,
    occurredAt,
  ] = parameters;
  return `audit_head as (
    insert into audit_heads as h (merchant_id, sequence, previous_hash, hash) select ${merchant}::uuid, 1, ${genesis}::bytea, sha256(${genesis}::bytea || ${content}::bytea) ${from}
    on conflict (merchant_id) do update set sequence = h.sequence + 1, previous_hash = h.hash, hash = sha256(h.hash || ${content}::bytea)
    returning sequence, previous_hash, hash
  ), audit_entry as (
    insert into audit_entries (merchant_id, sequence, id, actor, action, subject_type, subject_id, before, after, network, request_id, occurred_at, previous_hash, hash)
    select ${merchant}::uuid, audit_head.sequence, ${id}::uuid, ${actor}, ${action}, ${subjectType}, ${subjectId}, ${before}::jsonb, ${after}::jsonb, ${network}, ${requestId}, ${occurredAt}::timestamptz,
      audit_head.previous_hash, audit_head.hash from audit_head
  )`;
}

/** The bytes that are hashed: JSON with the members of every object in the order of their names, no space. */
export function auditContent(entry: Omit<AuditEntry, 'sequence' | 'previousHash' | 'hash'>): Buffer {
  const { merchantId, id, actor, action, subjectType, subjectId, before, after, network, requestId, occurredAt } =
    entry;
  return Buffer.from(
    canonicalJson({
      merchantId,
      id,
      actor,
      action,
      subjectType,
      subjectId,
      before,
      after,
      network,
      requestId,
      occurredAt: isoInstant(occurredAt),
    }),
  );
}
