import { Injectable } from '@nestjs/common';
import type { LastWriter } from '../database/last-writes';
import { Transactions } from '../database/transactions';
import { eventAppend, type NewEventRow } from './event-append';
import type { RecordedEvent } from './event-types';

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

// A fact that one transaction recorded twice becomes one event.
const EVENTS: LastWriter<NewEventRow> = {
  take: (rows) => ({
    fragment: eventAppend([...new Map(rows.map((row) => [`${row.merchantId} ${row.id}`, row])).values()]),
    later: [],
  }),
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
