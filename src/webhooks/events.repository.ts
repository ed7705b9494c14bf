import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { EventPosition } from './event-cursor';
import type { EventDraft, RecordedEvent } from './event-types';

const LIST_AFTER = `
  select id, type, network, created_at as "createdAt", data, transaction_id::text as "transactionId"
  from events
  where merchant_id = $1
    and (transaction_id, id) > ($2::xid8, $3::uuid)
    and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
  order by transaction_id, id
  limit $4`;

const INSERT = `
  insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at)
  select merchant_id, id, type, network, subject_type, subject_id, data, $8
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::jsonb[])
    as e (merchant_id, id, type, network, subject_type, subject_id, data)`;

@Injectable()
export class EventsRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(drafts: readonly EventDraft[], ids: readonly string[], createdAt: Date): Promise<void> {
    await this.transactions.affected(INSERT, [
      drafts.map((draft) => draft.merchantId),
      ids,
      drafts.map((draft) => draft.type),
      drafts.map((draft) => draft.network),
      drafts.map((draft) => draft.subjectType),
      drafts.map((draft) => draft.subjectId),
      drafts.map((draft) => JSON.stringify(draft.data)),
      createdAt,
    ]);
  }

  /** Events after a position, in an order in which no later commit can slip in before what was already read. */
  listAfter(merchantId: string, after: EventPosition, limit: number): Promise<(RecordedEvent & { transactionId: string })[]> {
    return this.transactions.rows(LIST_AFTER, [merchantId, after.transactionId, after.id, limit]);
  }
}
