import { Injectable } from '@nestjs/common';
import type { LastWriter } from '../database/last-writes';
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

/** An event with the id under which it is told for ever. */
export interface NewEventRow extends EventDraft {
  readonly id: string;
  readonly createdAt: Date;
}

const insertSql = (first: number): string => {
  const [merchants, ids, types, networks, subjectTypes, subjects, data, createdAt] = Array.from({ length: 8 }, (_unused, at) => `$${first + at}`);
  return `given_events as materialized (
    select * from unnest(${merchants}::uuid[], ${ids}::uuid[], ${types}::text[], ${networks}::text[], ${subjectTypes}::text[], ${subjects}::uuid[], ${data}::jsonb[], ${createdAt}::timestamptz[])
      with ordinality as e (merchant_id, id, type, network, subject_type, subject_id, data, created_at, place)
  ), added_events as (
    insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at)
    select merchant_id, id, type, network, subject_type, subject_id, data, created_at from given_events order by place
    on conflict (merchant_id, id) do nothing
    returning merchant_id, id
  ), queued_events as (
    insert into event_queue (merchant_id, id, event_ids, subject_ids)
    select g.merchant_id, (array_agg(g.id order by g.place))[1], array_agg(g.id order by g.place), array_agg(g.subject_id order by g.place)
    from given_events g join added_events a on a.merchant_id = g.merchant_id and a.id = g.id group by g.merchant_id
  )`;
};

const EVENTS: LastWriter<NewEventRow> = {
  take: (rows) => {
    // A fact that was recorded twice by one transaction is told once.
    const taken = [...new Map(rows.splice(0).map((row) => [`${row.merchantId} ${row.id}`, row])).values()];
    const column = <T>(read: (row: NewEventRow) => T): T[] => taken.map(read);
    const subjects = [column((row) => row.network), column((row) => row.subjectType), column((row) => row.subjectId)];
    return { sql: insertSql, values: [column((row) => row.merchantId), column((row) => row.id), column((row) => row.type), ...subjects, column((row) => JSON.stringify(row.data)), column((row) => row.createdAt)] };
  },
};

@Injectable()
export class EventsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** As the last that the open transaction does. What is on record under its id stays as it is. */
  insert(rows: readonly NewEventRow[]): Promise<void> {
    return this.transactions.writeLast(EVENTS, rows);
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
