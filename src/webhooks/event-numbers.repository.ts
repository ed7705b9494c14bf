import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';

/** What a round made of one merchant's events. */
export interface NumberedMerchant {
  readonly merchantId: string;
  /** The quota is used up: there may be more without a number. */
  readonly full: boolean;
  /** Numbered events have not become deliveries yet, and some endpoint wants them. */
  readonly untold: boolean;
}

/**
 * The heads of those merchants that no other round holds, or (one merchant) of that one, once it is free. New heads are
 * made in order, so that two rounds which make the same ones do not wait for each other crosswise.
 */
const hold = (waiting: boolean): string => `
  with born as (
    insert into event_heads (merchant_id)
    select m.id from unnest($1::uuid[]) as m (id) where not exists (select from event_heads h where h.merchant_id = m.id) order by m.id
    on conflict do nothing returning merchant_id
  ), held as (
    select h.merchant_id from event_heads h where h.merchant_id = any($1::uuid[]) order by h.merchant_id for update${waiting ? '' : ' skip locked'}
  )
  select merchant_id as "merchantId" from born union all select merchant_id from held`;
const HOLD_FREE = hold(false);
const HOLD_ONE = hold(true);

/**
 * Numbers what waits, per merchant in the order in which it was written, and nothing while the life of the database is
 * not known. Must come in a later statement than the heads: within one, the snapshot is older than the lock, and what
 * the holder before has numbered would still seem to wait. The merchants are behind a query of their own, so that the planner does not
 * count them and plan anew for every round: planning takes longer than a small round.
 */
const NUMBER = `
  with life as materialized (
    select ordinal, head_start from lives where ordinal = current_life()
  ), head as materialized (
    select h.merchant_id, h.last_seq, h.told_seq, l.ordinal, l.head_start, h.life_ordinal is distinct from l.ordinal as begins,
      case when h.life_ordinal is distinct from l.ordinal then h.last_seq + 1 else h.life_first_seq end as life_first_seq
    from event_heads h cross join life l where h.merchant_id = any(array(select k.id from unnest($1::uuid[]) as k (id)))
  ), waiting as materialized (
    select h.merchant_id, h.last_seq, h.head_start, h.life_first_seq, q.written_at, q.id, q.event_ids, q.subject_ids
    from head h cross join lateral (
      select w.* from (
        select f.*, sum(cardinality(f.event_ids)) over (order by f.written_at, f.id) - cardinality(f.event_ids) as before
        from (select written_at, id, event_ids, subject_ids from event_queue q where q.merchant_id = h.merchant_id order by written_at, id limit $2) f
      ) w where w.before < $2
    ) q
  ), taken as (
    delete from event_queue q using waiting w where q.merchant_id = w.merchant_id and q.written_at = w.written_at and q.id = w.id
  ), event as (
    select w.merchant_id, w.last_seq, w.head_start, w.life_first_seq, e.event_id, e.subject_id,
      row_number() over (partition by w.merchant_id order by w.written_at, w.id, e.place) as nth,
      row_number() over (partition by w.merchant_id, e.subject_id order by w.written_at, w.id, e.place) as nth_of_subject
    from waiting w cross join lateral unnest(w.event_ids, w.subject_ids) with ordinality as e (event_id, subject_id, place)
  ), numbered as (
    insert into event_numbers (merchant_id, seq, event_id, subject_id, subject_version)
    select e.merchant_id, e.last_seq + e.nth, e.event_id, e.subject_id,
      coalesce(p.subject_version, 0) + case when p.seq >= e.life_first_seq then 0 else e.head_start end + e.nth_of_subject
    from event e left join lateral (
      select p.subject_version, p.seq from event_numbers p where p.merchant_id = e.merchant_id and p.subject_id = e.subject_id order by p.subject_version desc limit 1
    ) p on true
    returning merchant_id, seq
  ), gain as (
    select merchant_id, max(seq) as last_seq, count(*) as events from numbered group by merchant_id
  ), lived as (
    insert into event_lives (merchant_id, life_ordinal, first_seq) select h.merchant_id, h.ordinal, h.life_first_seq from head h join gain g on g.merchant_id = h.merchant_id where h.begins
  ), moved as (
    update event_heads h set last_seq = g.last_seq, life_ordinal = o.ordinal, life_first_seq = o.life_first_seq,
      told_seq = case when exists (select from webhook_endpoints w where w.merchant_id = h.merchant_id and w.status = 'enabled') then h.told_seq else g.last_seq end
    from gain g join head o on o.merchant_id = g.merchant_id where h.merchant_id = g.merchant_id
    returning h.merchant_id, h.told_seq < h.last_seq as untold
  )
  select h.merchant_id as "merchantId", coalesce(g.events, 0) >= $2 or (select count(*) from waiting w where w.merchant_id = h.merchant_id) >= $2 as full, coalesce(m.untold, h.told_seq < h.last_seq) as untold
  from head h left join gain g on g.merchant_id = h.merchant_id left join moved m on m.merchant_id = h.merchant_id`;

/** The youngest are left to the process that committed them. Events with a future time were written by another server's clock. */
const LEFT_BEHIND = `
  select merchant_id as "merchantId", count(*) as waiting from (
    select merchant_id from event_queue
    where merchant_id > $1 and written_at not between clock_timestamp() - make_interval(secs => $2) and clock_timestamp() order by merchant_id limit $3
  ) q group by merchant_id order by merchant_id`;

/** Gives the events of each merchant the numbers 1, 2, 3 ... without gaps. */
@Injectable()
export class EventNumbersRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Those of the merchants whose numbers no other round gives out now; held until the caller's transaction ends. */
  async holdFree(merchantIds: readonly string[]): Promise<string[]> {
    const rows = await this.transactions.rows<{ merchantId: string }>(HOLD_FREE, [merchantIds]);
    return rows.map(({ merchantId }) => merchantId);
  }

  /** Waits for a round that is under way. */
  async hold(merchantId: string): Promise<void> {
    const held = (): Promise<unknown[]> => this.transactions.rows(HOLD_ONE, [[merchantId]]);
    // Nothing comes back when another round made the row after our snapshot; the next one shows it.
    if ((await held()).length === 0) await held();
  }

  /** Up to about `quota` events of each; all of them are held. Empty while the present life of the database is unknown. */
  number(merchantIds: readonly string[], quota: number): Promise<NumberedMerchant[]> {
    return this.transactions.rows(NUMBER, [merchantIds, quota]);
  }

  /**
   * Merchants with events older than this that were left behind, in order of their ids after `beyond`; false for `more` when
   * they are the last ones. The one read over all of them; locks nothing.
   */
  async listLeftBehind(
    beyond: string,
    olderThanSeconds: number,
    limit: number,
  ): Promise<{ merchantIds: string[]; more: boolean }> {
    const rows = await this.transactions.rows<{ merchantId: string; waiting: bigint }>(LEFT_BEHIND, [
      beyond,
      olderThanSeconds,
      limit,
    ]);
    const read = rows.reduce((sum, { waiting }) => sum + Number(waiting), 0);
    return { merchantIds: rows.map(({ merchantId }) => merchantId), more: read === limit };
  }
}
