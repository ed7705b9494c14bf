import { createHash } from 'node:crypto';
import { isoInstant } from '../common/clock';
import type { Network } from '../common/network';

/** What may stand in `before` and `after`; instants are kept as ISO 8601 text. Never anything that must be erasable or secret. */
export type AuditValue =
  string | number | boolean | null | Date | readonly AuditValue[] | { readonly [member: string]: AuditValue };
export type AuditValues = Readonly<Record<string, AuditValue>>;

/** Who makes a change, and in which request; null outside of any. A Principal with its request id is one. */
export interface Author {
  readonly actor: string;
  readonly requestId: string | null;
}

/** Somebody at the console of the deployment. */
export const OPERATOR: Author = { actor: 'operator', requestId: null };

/** A change about to be recorded in the transaction that makes it. */
export interface AuditDraft extends Author {
  readonly merchantId: string;
  /** `noun.past`, as events are named. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  /** The members that changed, as they were; null when there was nothing. */
  readonly before: AuditValues | null;
  readonly after: AuditValues | null;
  /** The network of what changed; absent or null when it belongs to none. */
  readonly network?: Network | null;
}

/** A change as it was recorded; `hash` is over `previousHash` and the content. */
export interface AuditEntry extends Required<AuditDraft> {
  readonly id: string;
  /** 1, 2, 3 ... per merchant, without gaps. */
  readonly sequence: bigint;
  readonly occurredAt: Date;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** What the first entry of a merchant follows. */
export const GENESIS = Buffer.alloc(32);

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

/** SHA-256 of the previous hash followed by the content; the database computes the same when it appends. */
export function auditHash(previousHash: Buffer, content: Buffer): Buffer {
  return createHash('sha256').update(previousHash).update(content).digest();
}

/** The same text before a value is stored as jsonb and after it was read back. */
export function canonicalJson(value: AuditValue): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** The members in which two states differ, as they were and as they are; null when nothing changed. */
export function auditChanges<T extends AuditValues>(
  before: T,
  after: T,
): { readonly before: AuditValues; readonly after: AuditValues } | null {
  const changed = Object.keys(after).filter(
    (name) => canonicalJson(before[name] ?? null) !== canonicalJson(after[name] ?? null),
  );
  if (changed.length === 0) return null;
  const only = (values: T): AuditValues => Object.fromEntries(changed.map((name) => [name, values[name] ?? null]));
  return { before: only(before), after: only(after) };
}
