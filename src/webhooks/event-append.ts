import { uuidOfName } from '../common/ids';
import { placeholders, type WriteFragment } from '../database/write-fragment';
import type { EventDraft, ReadyParts } from './event-types';

/** The same event, computed now, while the caller only waits for the database. Pure. */
export function readyEvent(draft: EventDraft): EventDraft {
  return { ...draft, ready: partsOf(draft) };
}

export function partsOf(draft: EventDraft): ReadyParts {
  return draft.ready ?? { id: idOfFact(draft), text: JSON.stringify(draft.data) };
}

function idOfFact({ cause, type, subjectType, subjectId }: EventDraft): string | undefined {
  return cause === undefined ? undefined : uuidOfName(`event ${cause} ${type} ${subjectType} ${subjectId}`);
}

/** An event with its permanent id. */
export interface NewEventRow extends EventDraft {
  readonly id: string;
  readonly createdAt: Date;
}

/** An earlier table of the same statement; the events are written when it has their row. */
export interface EventSource {
  readonly table: string;
  /** Its column that names the subject of an event, where it has several rows. */
  readonly subject?: string;
  /** Expression over its row: members that every event's data gets from it. */
  readonly more?: string;
}

/**
 * Writes events, and the row in the queue that hands them out once they are committed, as a part of a statement that may make the
 * change as well. What is on record under its id stays as it is. The caller of the statement must call `EventsService.written`.
 */
export function eventAppend(rows: readonly NewEventRow[], source?: EventSource): WriteFragment {
  const column = <T>(read: (row: NewEventRow) => T): T[] => rows.map(read);
  const names = [
    column((row) => row.type),
    column((row) => row.network),
    column((row) => row.subjectType),
    column((row) => row.subjectId),
  ];
  const values = [
    column((row) => row.merchantId),
    column((row) => row.id),
    ...names,
    // One document: the driver and the server would both have to quote every quotation mark of an array of texts.
    `[${column((row) => row.ready?.text ?? JSON.stringify(row.data)).join(',')}]`,
    column((row) => row.createdAt),
  ];
  return { values, sql: (first) => appendSql(placeholders(first, values.length), source) };
}

function appendSql(
  [merchants, ids, types, networks, subjectTypes, subjects, data, createdAt]: readonly string[],
  source: EventSource | undefined,
): string {
  const more = source?.more === undefined ? '' : ` || ${source.more}`;
  const from = source === undefined ? '' : `, ${source.table}`;
  const where = source?.subject === undefined ? '' : ` where ${source.table}.${source.subject} = e.subject_id`;
  return `given_events as materialized (
    select e.merchant_id, e.id, e.type, e.network, e.subject_type, e.subject_id, e.data${more} as data, e.created_at, e.place
    from rows from (
        unnest(${merchants}::uuid[], ${ids}::uuid[], ${types}::text[], ${networks}::text[], ${subjectTypes}::text[], ${subjects}::uuid[], ${createdAt}::timestamptz[]),
        jsonb_array_elements(${data}::jsonb)
      ) with ordinality as e (merchant_id, id, type, network, subject_type, subject_id, created_at, data, place)${from}${where}
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
}
