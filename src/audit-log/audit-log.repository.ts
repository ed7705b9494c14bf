import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { type Keyset, keysetClause } from '../database/keyset';
import type { LastWriter } from '../database/last-writes';
import { Transactions } from '../database/transactions';
import { auditAppend, type NewAuditEntry } from './audit-append';
import { type AuditEntry, GENESIS } from './audit-entry';

/** Entries asked for: any of each list. `network` null reaches every network. */
export interface AuditFilter {
  readonly network: Network | null;
  readonly action?: readonly string[];
  readonly actor?: readonly string[];
  readonly subjectType?: readonly string[];
  readonly subjectId?: readonly string[];
  readonly occurredAt?: { readonly from?: Date; readonly to?: Date };
}

/** The end of a merchant's chain, and the last entry there is. */
export interface AuditHead {
  readonly sequence: bigint;
  readonly hash: Buffer;
  readonly lastSequence: bigint;
}

/** One at a time: each entry follows the one before it. */
const ENTRIES: LastWriter<NewAuditEntry> = { take: ([entry, ...later]) => ({ fragment: auditAppend(entry), later }) };

const COLUMNS = `merchant_id as "merchantId", sequence, id, actor, action, subject_type as "subjectType", subject_id as "subjectId", before, after, network,
  request_id as "requestId", occurred_at as "occurredAt", previous_hash as "previousHash", hash`;
const VISIBLE = 'merchant_id = $1 and ($2::text is null or network is null or network = $2)';
const HEAD = `
  select sequence, hash, (select coalesce(max(sequence), 0)::bigint from audit_entries where merchant_id = $1) as "lastSequence"
  from audit_heads where merchant_id = $1
  union all
  select 0::bigint, $2::bytea, coalesce(max(sequence), 0)::bigint from audit_entries where merchant_id = $1
  order by sequence desc limit 1`;
const SORTS = { sequence: { sql: 'sequence', type: 'bigint' }, id: { sql: 'id', type: 'uuid' } } as const;

@Injectable()
export class AuditLogRepository {
  constructor(private readonly transactions: Transactions) {}

  /** As the last that the open transaction does. */
  append(entry: NewAuditEntry): Promise<void> {
    return this.transactions.writeLast(ENTRIES, [entry]);
  }

  list(merchantId: string, filter: AuditFilter, page: Keyset): Promise<AuditEntry[]> {
    const { network, action, actor, subjectType, subjectId, occurredAt } = filter;
    const values: unknown[] = [
      merchantId,
      network,
      action ?? null,
      actor ?? null,
      subjectType ?? null,
      subjectId ?? null,
      occurredAt?.from ?? null,
      occurredAt?.to ?? null,
    ];
    return this.transactions.page(
      `select ${COLUMNS} from audit_entries where ${VISIBLE} and ($3::text[] is null or action = any($3)) and ($4::text[] is null or actor = any($4))
         and ($5::text[] is null or subject_type = any($5)) and ($6::text[] is null or subject_id = any($6))
         and ($7::timestamptz is null or occurred_at >= $7) and ($8::timestamptz is null or occurred_at < $8) ${keysetClause(page, SORTS, values)}`,
      values,
    );
  }

  async find(merchantId: string, network: Network | null, id: string): Promise<AuditEntry | null> {
    const [row] = await this.transactions.rows<AuditEntry>(
      `select ${COLUMNS} from audit_entries where ${VISIBLE} and id = $3`,
      [merchantId, network, id],
    );
    return row ?? null;
  }

  async head(merchantId: string): Promise<AuditHead> {
    const [row] = await this.transactions.rows<AuditHead>(HEAD, [merchantId, GENESIS]);
    return row as AuditHead;
  }

  listAfter(merchantId: string, sequence: bigint, limit: number): Promise<AuditEntry[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from audit_entries where merchant_id = $1 and sequence > $2 order by sequence limit $3`,
      [merchantId, sequence, limit],
    );
  }

  /** Every merchant with an entry or a head, so that neither can be taken away unnoticed. */
  async listMerchants(): Promise<string[]> {
    const rows = await this.transactions.rows<{ merchantId: string }>(
      `select merchant_id as "merchantId" from audit_heads union select merchant_id from audit_entries order by 1`,
    );
    return rows.map(({ merchantId }) => merchantId);
  }
}
