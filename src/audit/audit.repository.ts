import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { type AuditEntry, auditContent, canonicalJson, GENESIS } from './audit-entry';

export type NewAuditEntry = Omit<AuditEntry, 'sequence' | 'previousHash' | 'hash'>;

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

// The head's row lock puts the changes of one merchant in line, so that the chain never forks; it is held until the
// transaction ends.
const APPEND = `
  with head as (
    insert into audit_heads as h (merchant_id, sequence, previous_hash, hash) values ($1, 1, $2::bytea, sha256($2::bytea || $3::bytea))
    on conflict (merchant_id) do update set sequence = h.sequence + 1, previous_hash = h.hash, hash = sha256(h.hash || $3::bytea)
    returning sequence, previous_hash, hash
  )
  insert into audit_entries (merchant_id, sequence, id, actor, action, subject_type, subject_id, before, after, network, request_id, occurred_at, previous_hash, hash)
  select $1, head.sequence, $4, $5, $6, $7, $8, $9::jsonb, $10::jsonb, $11, $12, $13, head.previous_hash, head.hash from head`;

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
export class AuditRepository {
  constructor(private readonly transactions: Transactions) {}

  async append(entry: NewAuditEntry): Promise<void> {
    const { merchantId, id, actor, action, subjectType, subjectId, before, after, network, requestId, occurredAt } = entry;
    const json = (value: NewAuditEntry['before']): string | null => (value === null ? null : canonicalJson(value));
    const values = [merchantId, GENESIS, auditContent(entry), id, actor, action, subjectType, subjectId, json(before), json(after), network, requestId, occurredAt];
    await this.transactions.affected(APPEND, values);
  }

  list(merchantId: string, filter: AuditFilter, page: Keyset): Promise<AuditEntry[]> {
    const { network, action, actor, subjectType, subjectId, occurredAt } = filter;
    const values: unknown[] = [merchantId, network, action ?? null, actor ?? null, subjectType ?? null, subjectId ?? null, occurredAt?.from ?? null, occurredAt?.to ?? null];
    return this.transactions.page(
      `select ${COLUMNS} from audit_entries where ${VISIBLE} and ($3::text[] is null or action = any($3)) and ($4::text[] is null or actor = any($4))
         and ($5::text[] is null or subject_type = any($5)) and ($6::text[] is null or subject_id = any($6))
         and ($7::timestamptz is null or occurred_at >= $7) and ($8::timestamptz is null or occurred_at < $8) ${keysetClause(page, SORTS, values)}`,
      values,
    );
  }

  async find(merchantId: string, network: Network | null, id: string): Promise<AuditEntry | null> {
    const [row] = await this.transactions.rows<AuditEntry>(`select ${COLUMNS} from audit_entries where ${VISIBLE} and id = $3`, [merchantId, network, id]);
    return row ?? null;
  }

  async head(merchantId: string): Promise<AuditHead> {
    const [row] = await this.transactions.rows<AuditHead>(HEAD, [merchantId, GENESIS]);
    return row as AuditHead;
  }

  listAfter(merchantId: string, sequence: bigint, limit: number): Promise<AuditEntry[]> {
    return this.transactions.rows(`select ${COLUMNS} from audit_entries where merchant_id = $1 and sequence > $2 order by sequence limit $3`, [merchantId, sequence, limit]);
  }

  /** Every merchant with an entry or a head, so that neither can be taken away unnoticed. */
  async listMerchants(): Promise<string[]> {
    const rows = await this.transactions.rows<{ merchantId: string }>(
      `select merchant_id as "merchantId" from audit_heads union select merchant_id from audit_entries order by 1`,
    );
    return rows.map(({ merchantId }) => merchantId);
  }
}
