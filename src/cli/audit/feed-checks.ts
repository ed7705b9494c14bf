import type { RowCheck } from './finding';

/** A merchant's event feed: every event has one number or waits for it, and the numbers have no gap. */
export const FEED_CHECKS: readonly RowCheck[] = [
  {
    invariant: 'I6',
    says: 'event that has no number and does not wait for one',
    sql: `select 'event ' || e.id || ' (' || e.type || ') of merchant ' || e.merchant_id as subject
      from events e left join event_numbers n on n.merchant_id = e.merchant_id and n.event_id = e.id
      where n.seq is null and not exists (select from event_queue q where q.merchant_id = e.merchant_id and e.id = any(q.event_ids))`,
  },
  {
    invariant: 'I6',
    says: 'number of an event that is not there',
    sql: `select 'number ' || n.seq || ' of merchant ' || n.merchant_id as subject
      from event_numbers n left join events e on e.merchant_id = n.merchant_id and e.id = n.event_id where e.id is null`,
  },
  {
    invariant: 'I6',
    says: 'numbers of events with a gap',
    sql: `select 'numbers of merchant ' || merchant_id as subject from event_heads h full join (
        select merchant_id, count(*) as numbers, min(seq) as first, max(seq) as last from event_numbers group by merchant_id
      ) n using (merchant_id) where coalesce(h.last_seq, 0) <> coalesce(n.numbers, 0) or n.first <> 1 or n.last <> n.numbers`,
  },
];
