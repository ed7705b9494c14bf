import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { Mail } from './mail-port';

export interface MailKey {
  readonly merchantId: string;
  readonly id: string;
}

/** A mail that is ours until its lease ends. */
export interface ClaimedMail extends Omit<Mail, 'data'>, MailKey {
  /** Sealed. */
  readonly data: Buffer;
  /** How often it was tried before. */
  readonly attempts: number;
}

export interface MailOutcome extends MailKey {
  readonly state: 'waiting' | 'sent' | 'failed' | 'not_configured';
  /** When it is tried again, while it waits. */
  readonly dueAt: Date | null;
  readonly error: string | null;
}

/** Before the first merchant. */
export const FRONT = '00000000-0000-0000-0000-000000000000';

/**
 * Merchants take turns: those after the last one that had its turn, in the order of their ids, found one by one in the index however much mail
 * each of them has. The second mail of any of them comes after the first of every other, and only with the first merchant's turn, so that the last ones get no more. Short: it waits for nobody, and what it marks is
 * free again when the lease ends, whatever became of who took it.
 */
const CLAIM = `
  with recursive line as (
    (select q.merchant_id, 0 as waiting from mail_queue q where q.merchant_id > $4 order by q.merchant_id limit 1)
    union all
    select n.merchant_id, n.waiting from (
      select l.merchant_id, l.waiting + (exists (select from mail_queue d where d.merchant_id = l.merchant_id and d.due_at <= $1 and d.leased_until <= clock_timestamp()))::int as waiting from line l
    ) l cross join lateral (select q.merchant_id, l.waiting from mail_queue q where q.merchant_id > l.merchant_id and l.waiting < $2 order by q.merchant_id limit 1) n
  ), free as materialized (
    select l.merchant_id, d.mail_id, d.due_at from line l cross join lateral (
      select q.mail_id, q.due_at from mail_queue q where q.merchant_id = l.merchant_id and q.due_at <= $1 and q.leased_until <= clock_timestamp()
      order by q.due_at limit $2 for update skip locked) d
  ), due as materialized (
    select merchant_id, mail_id, place, row_number() over (order by place, merchant_id) as rank
    from (select f.*, row_number() over (partition by merchant_id order by due_at) as place from free f) f
    where place = 1 or $4 = '${FRONT}' order by rank limit $2
  )
  update mail_queue q set leased_until = clock_timestamp() + make_interval(secs => $3)
  from due where q.merchant_id = due.merchant_id and q.mail_id = due.mail_id
  returning q.merchant_id as "merchantId", q.mail_id as id`;

const READ = `
  select m.merchant_id as "merchantId", m.id, m.recipient as "to", m.template, m.locale, m.data, m.dedupe_key as "dedupeKey", m.attempts
  from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, id) join mail_outbox m on m.merchant_id = k.merchant_id and m.id = k.id
  where m.state = 'waiting'`;

const RECORD = `
  update mail_outbox m set state = o.state, attempts = m.attempts + 1, due_at = coalesce(o.due_at, m.due_at), last_error = o.error,
    data = case when o.state = 'waiting' then m.data end,
    sent_at = case when o.state = 'sent' then $6::timestamptz end,
    ended_at = case when o.state <> 'waiting' then $6::timestamptz end
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[]) as o (merchant_id, id, state, due_at, error)
  where m.merchant_id = o.merchant_id and m.id = o.id and m.state = 'waiting'`;

const PUT_OFF = `
  update mail_queue q set due_at = o.due_at, leased_until = '-infinity'
  from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as o (merchant_id, id, due_at) where q.merchant_id = o.merchant_id and q.mail_id = o.id`;

const LEAVE = `delete from mail_queue q using unnest($1::uuid[], $2::uuid[]) as o (merchant_id, id) where q.merchant_id = o.merchant_id and q.mail_id = o.id`;

const DELETE_ENDED = `
  delete from mail_outbox where (merchant_id, id) in (
    select merchant_id, id from mail_outbox where ended_at < $1 order by ended_at limit $2 for update skip locked)`;

/** Mail on its way to whoever sends it. */
@Injectable()
export class MailQueueRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Takes what is due at merchants after `last`; nobody else gets it before the lease ends by the database's clock. */
  claim(at: Date, limit: number, leaseSeconds: number, last: string): Promise<MailKey[]> {
    return this.transactions.rows<MailKey>(CLAIM, [at, limit, leaseSeconds, last]);
  }

  /** Of these, what still waits: somebody may have been erased meanwhile. */
  read(keys: readonly MailKey[]): Promise<ClaimedMail[]> {
    return this.transactions.rows<ClaimedMail>(READ, columnsOf(keys));
  }

  /** What became of mail that was sent, in the caller's transaction with the queue. */
  async record(outcomes: readonly MailOutcome[], at: Date): Promise<void> {
    await this.transactions.affected(RECORD, [
      ...columnsOf(outcomes),
      outcomes.map(({ state }) => state),
      outcomes.map(({ dueAt }) => dueAt),
      outcomes.map(({ error }) => error),
      at,
    ]);
  }

  async putOff(outcomes: readonly MailOutcome[]): Promise<void> {
    if (outcomes.length > 0)
      await this.transactions.affected(PUT_OFF, [...columnsOf(outcomes), outcomes.map(({ dueAt }) => dueAt)]);
  }

  async leave(keys: readonly MailKey[]): Promise<void> {
    if (keys.length > 0) await this.transactions.affected(LEAVE, columnsOf(keys));
  }

  deleteEnded(before: Date, limit: number): Promise<number> {
    return this.transactions.affected(DELETE_ENDED, [before, limit]);
  }
}

function columnsOf(keys: readonly MailKey[]): [string[], string[]] {
  return [keys.map(({ merchantId }) => merchantId), keys.map(({ id }) => id)];
}
