import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isRowId } from '../common/ids';
import type { Network } from '../common/network';
import type { Keyset } from '../database/keyset';
import { auditContent } from './audit-append';
import { type AuditDraft, type AuditEntry, auditHash, GENESIS } from './audit-entry';
import { type AuditFilter, type AuditHead, AuditLogRepository } from './audit-log.repository';

/** What checking a merchant's chain found. */
export interface AuditVerdict {
  readonly merchantId: string;
  /** Entries that are as they were recorded, from the first one on without a gap. */
  readonly entries: bigint;
  /** Hash of the newest entry, hex; kept elsewhere it proves later that nothing up to here was rewritten. */
  readonly head: string;
  /** Null when the chain is whole. */
  readonly fault: { readonly sequence: bigint; readonly message: string } | null;
}

const PAGE = 1000;

/** Who changed what: append-only, one hash chain per merchant. */
@Injectable()
export class AuditLogService {
  constructor(
    private readonly repository: AuditLogRepository,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Records a change in the caller's transaction: the entry exists exactly when the change does. It is written at the end, because
   * the changes of one merchant wait for each other from then until they are committed.
   */
  record(draft: AuditDraft): Promise<void> {
    return this.repository.append({
      ...draft,
      network: draft.network ?? null,
      id: this.ids.row(),
      occurredAt: this.clock.now(),
    });
  }

  list(merchantId: string, filter: AuditFilter, page: Keyset): Promise<AuditEntry[]> {
    return this.repository.list(merchantId, filter, page);
  }

  /** Throws `resource_not_found`. */
  async get(merchantId: string, network: Network | null, id: string): Promise<AuditEntry> {
    const entry = isRowId(id) ? await this.repository.find(merchantId, network, id) : null;
    if (entry === null) throw new DomainError('resource_not_found');
    return entry;
  }

  /** Recomputes a merchant's chain from its first entry on; stops at the first fault. */
  async verify(merchantId: string): Promise<AuditVerdict> {
    const head = await this.repository.head(merchantId);
    let entries = 0n;
    let hash: Buffer = GENESIS;
    for (;;) {
      const page = await this.repository.listAfter(merchantId, entries, PAGE);
      for (const entry of page) {
        if (entry.sequence > head.lastSequence) break;
        const message = faultOf(entry, entries + 1n, hash);
        if (message !== undefined)
          return { merchantId, entries, head: head.hash.toString('hex'), fault: { sequence: entries + 1n, message } };
        [entries, hash] = [entry.sequence, entry.hash];
      }
      if (page.length < PAGE || entries >= head.lastSequence) break;
    }
    return { merchantId, entries, head: head.hash.toString('hex'), fault: endFault(head, entries, hash) };
  }

  async verifyAll(): Promise<AuditVerdict[]> {
    const verdicts: AuditVerdict[] = [];
    for (const merchantId of await this.repository.listMerchants()) verdicts.push(await this.verify(merchantId));
    return verdicts;
  }
}

function faultOf(entry: AuditEntry, expected: bigint, previousHash: Buffer): string | undefined {
  if (entry.sequence !== expected) return 'the entry is missing';
  if (!entry.previousHash.equals(previousHash)) return 'the entry does not follow the one before it';
  return entry.hash.equals(auditHash(previousHash, auditContent(entry)))
    ? undefined
    : 'the entry is not as it was recorded';
}

/** The head shows whether entries were cut off the end or added without it. */
function endFault(head: AuditHead, entries: bigint, hash: Buffer): AuditVerdict['fault'] {
  if (head.sequence > entries) return { sequence: entries + 1n, message: 'the entry is missing' };
  if (head.sequence < entries) return { sequence: head.sequence + 1n, message: 'the entry was added beside the chain' };
  return head.hash.equals(hash) ? null : { sequence: entries, message: 'the entry is not the one the chain ends with' };
}
