import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { EventPosition } from './event-cursor';
import type { EventDraft, RecordedEvent } from './event-types';

const LIST_AFTER = `
  select id, type, network, created_at as "createdAt", data, transaction_id::text as "transactionId"
  from events
  where merchant_id = $1
    and (transaction_id, id) > ($2::xid8, $3::uuid)
    and transaction_id < event_horizon()
  order by transaction_id, id
  limit $4`;

const BACKLOG = `
  select (
      select e.created_at from events e, event_cursors c
      where c.reader = 'webhooks' and (e.transaction_id, e.id) > (c.transaction_id, c.event_id) order by e.transaction_id, e.id limit 1
    ) as "untoldSince", (select nullif(min(waiting_since), 'infinity') from webhook_turns) as "dueSince"`;

const INSERT = `
  insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at, transaction_id)
  select merchant_id, id, type, network, subject_type, subject_id, data, $8, (select event_place())
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::jsonb[])
    as e (merchant_id, id, type, network, subject_type, subject_id, data)
  on conflict (merchant_id, id) do nothing`;

@Injectable()
export class EventsRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(drafts: readonly EventDraft[], ids: readonly string[], createdAt: Date): Promise<void> {
    const column = <T>(read: (draft: EventDraft) => T): T[] => drafts.map(read);
    await this.transactions.affected(INSERT, [
      column((draft) => draft.merchantId),
      ids,
      column((draft) => draft.type),
      column((draft) => draft.network),
      column((draft) => draft.subjectType),
      column((draft) => draft.subjectId),
      column((draft) => JSON.stringify(draft.data)),
      createdAt,
    ]);
  }

  /** Events after a position, in an order in which no later commit can slip in before what was already read. */
  listAfter(merchantId: string, after: EventPosition, limit: number): Promise<(RecordedEvent & { transactionId: string })[]> {
    return this.transactions.rows(LIST_AFTER, [merchantId, after.transactionId, after.id, limit]);
  }

  async backlog(): Promise<{ untoldSince: Date | null; dueSince: Date | null }> {
    const [row] = await this.transactions.rows<{ untoldSince: Date | null; dueSince: Date | null }>(BACKLOG);
    return row ?? { untoldSince: null, dueSince: null };
  }
}
