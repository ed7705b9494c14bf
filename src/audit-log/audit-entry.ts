import { createHash } from 'node:crypto';
import { canonicalJson, type JsonFact } from '../common/canonical-json';
import type { Network } from '../common/network';

/** What may stand in `before` and `after`; instants are kept as ISO 8601 text. Never anything that must be erasable or secret. */
export type AuditValue = JsonFact;
export type AuditValues = Readonly<Record<string, AuditValue>>;

/** The actor of a change, and its request; null outside of any. A Principal with its request id is one. */
export interface Author {
  readonly actor: string;
  readonly requestId: string | null;
}

/** An operator at the console of the deployment. */
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

/** SHA-256 of the previous hash followed by the content; the database computes the same when it appends. */
export function auditHash(previousHash: Buffer, content: Buffer): Buffer {
  return createHash('sha256').update(previousHash).update(content).digest();
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
