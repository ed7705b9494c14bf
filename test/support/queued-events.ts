/** An insert into `events` by hand, with its row in the queue: without it the events would never get their numbers. */
export function queued(insert: string): string {
  return `with e as (${insert} returning merchant_id, id, subject_id)
    insert into event_queue (merchant_id, id, event_ids, subject_ids) select merchant_id, id, array[id], array[subject_id] from e`;
}
