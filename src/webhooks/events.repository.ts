import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { EventDraft, RecordedEvent } from './event-types';

const LIST_AFTER = `
  select e.id, e.type, e.network, e.created_at as "createdAt", e.data, n.seq
  from event_numbers n join events e on e.merchant_id = n.merchant_id and e.id = n.event_id
  where n.merchant_id = $1 and n.seq > $2
  order by n.seq
  limit $3`;

/** What waits for its number is little. */
const BACKLOG = `
  select coalesce((select extract(epoch from clock_timestamp() - min(written_at)) from event_queue), 0)::float8 as "untoldSeconds",
    (select nullif(min(waiting_since), 'infinity') from webhook_turns) as "dueSince"`;

const INSERT = `
  with given as materialized (
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::jsonb[])
      with ordinality as e (merchant_id, id, type, network, subject_type, subject_id, data, place)
  ), added as (
    insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at)
    select merchant_id, id, type, network, subject_type, subject_id, data, $8 from given order by place
    on conflict (merchant_id, id) do nothing
    returning merchant_id, id
  )
  insert into event_queue (merchant_id, id, event_ids, subject_ids)
  select g.merchant_id, (array_agg(g.id order by g.place))[1], array_agg(g.id order by g.place), array_agg(g.subject_id order by g.place)
  from given g join added a on a.merchant_id = g.merchant_id and a.id = g.id group by g.merchant_id`;

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

  /** The numbered ones after a number, in order: nothing can slip in before what was already read. */
  listAfter(merchantId: string, after: bigint, limit: number): Promise<(RecordedEvent & { seq: bigint })[]> {
    return this.transactions.rows(LIST_AFTER, [merchantId, after, limit]);
  }

  /** Age of the oldest event in the queue, by the database's clock; when the most overdue delivery was due. */
  async backlog(): Promise<{ untoldSeconds: number; dueSince: Date | null }> {
    const [row] = await this.transactions.rows<{ untoldSeconds: number; dueSince: Date | null }>(BACKLOG);
    return row ?? { untoldSeconds: 0, dueSince: null };
  }
}
