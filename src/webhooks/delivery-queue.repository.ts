import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { RecordedEvent } from './event-types';
import { RELAXED } from './relaxed-commit';

/** A delivery that is ours until its lease ends, with all that sending it takes. */
export interface ClaimedDelivery extends Omit<RecordedEvent, 'id'> {
  readonly merchantId: string;
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  /** Number of this attempt, from 1; and how many came before the schedule began (anew). */
  readonly attempt: number;
  readonly attemptsBefore: number;
  /** Place of the event among those about its subject. */
  readonly version: bigint;
  readonly url: string;
  readonly secret: Buffer;
  readonly previousSecret: Buffer | null;
  readonly previousSecretUntil: Date | null;
}

export interface ClaimLimits {
  readonly count: number;
  readonly perEndpoint: number;
  readonly leaseSeconds: number;
}

/**
 * Endpoints with something waiting are found by skipping through the index, and take turns: the second delivery of
 * any endpoint comes after the first of every other. The oldest due ones of an endpoint are its window, whether they
 * are free or under way, so there are never more under way than the window is wide; one that keeps failing has a
 * window of one. Locking looks rows up by key and says "pending" in other words, because statistics taken while
 * nothing waited make the index of what waits look like the cheaper way, which in a burst it is not.
 */
const CLAIM = `
  with recursive waiting as (
    (select merchant_id, endpoint_id from webhook_deliveries where status = 'pending' order by merchant_id, endpoint_id limit 1)
    union all
    select n.merchant_id, n.endpoint_id from waiting w cross join lateral (
      select d.merchant_id, d.endpoint_id from webhook_deliveries d
      where d.status = 'pending' and (d.merchant_id, d.endpoint_id) > (w.merchant_id, w.endpoint_id) order by d.merchant_id, d.endpoint_id limit 1
    ) n
  ), picked as (
    select d.merchant_id, d.id from waiting w join webhook_endpoints e on e.merchant_id = w.merchant_id and e.id = w.endpoint_id cross join lateral (
      select f.merchant_id, f.id, f.next_attempt_at, f.leased_until, row_number() over (order by f.next_attempt_at, f.id) as turn from (
        select merchant_id, id, next_attempt_at, leased_until from webhook_deliveries
        where merchant_id = e.merchant_id and endpoint_id = e.id and status = 'pending' and next_attempt_at <= $1
        order by next_attempt_at, id limit case when e.consecutive_failures >= 5 then 1 else $3::int end
      ) f
    ) d
    where e.status = 'enabled' and (e.paused_until is null or e.paused_until <= $1) and (d.leased_until is null or d.leased_until <= clock_timestamp()) and ${RELAXED}
    order by d.turn, d.next_attempt_at limit $2
  ), locked as (
    select d.merchant_id, d.id from webhook_deliveries d join picked p on p.merchant_id = d.merchant_id and p.id = d.id
    where d.finished_at is null and d.next_attempt_at <= $1 and (d.leased_until is null or d.leased_until <= clock_timestamp())
    for no key update of d skip locked
  ), claimed as (
    update webhook_deliveries d set attempts = d.attempts + 1, leased_until = clock_timestamp() + make_interval(secs => $4)
    from locked l where d.merchant_id = l.merchant_id and d.id = l.id
    returning d.merchant_id, d.id, d.endpoint_id, d.event_id, d.attempts, d.attempts_before
  )
  select c.merchant_id as "merchantId", c.id, c.endpoint_id as "endpointId", c.event_id as "eventId", c.attempts as attempt, c.attempts_before as "attemptsBefore",
    e.type, e.network, e.created_at as "createdAt", e.data, w.url, w.secret, w.previous_secret as "previousSecret", w.previous_secret_until as "previousSecretUntil",
    (select count(*) from events s where s.merchant_id = e.merchant_id and s.subject_id = e.subject_id and s.sequence <= e.sequence) as version
  from claimed c
  join events e on e.merchant_id = c.merchant_id and e.id = c.event_id
  join webhook_endpoints w on w.merchant_id = c.merchant_id and w.id = c.endpoint_id`;

/** The way of deliveries to whoever sends them. */
@Injectable()
export class DeliveryQueueRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Takes what is due and marks it; nobody else gets it before the lease ends by the database's clock. */
  claim(limits: ClaimLimits, at: Date): Promise<ClaimedDelivery[]> {
    return this.transactions.rows(CLAIM, [at, limits.count, limits.perEndpoint, limits.leaseSeconds]);
  }

  /** Gives back what was claimed and not sent. */
  async release(delivery: ClaimedDelivery): Promise<void> {
    await this.transactions.affected(
      `update webhook_deliveries set leased_until = null, attempts = attempts - 1 where merchant_id = $1 and id = $2 and attempts = $3 and status = 'pending'`,
      [delivery.merchantId, delivery.id, delivery.attempt],
    );
  }

  /** Ends what was added for an endpoint at the moment it was disabled. */
  endStranded(at: Date): Promise<number> {
    return this.transactions.affected(
      `update webhook_deliveries d set status = 'failed', finished_at = $1, leased_until = null, last_failure = 'endpoint_disabled'
       from webhook_endpoints w where w.merchant_id = d.merchant_id and w.id = d.endpoint_id and w.status = 'disabled' and d.status = 'pending'`,
      [at],
    );
  }

  /** Forgets ended deliveries; the events stay, and replaying one gives it the same id again. */
  deleteEnded(before: Date, limit: number): Promise<number> {
    return this.transactions.affected(
      `delete from webhook_deliveries where (merchant_id, id) in (
         select d.merchant_id, d.id from (select distinct merchant_id from webhook_endpoints) m
         join webhook_deliveries d on d.merchant_id = m.merchant_id and d.created_at < $1 and d.status <> 'pending' limit $2 for update of d skip locked)`,
      [before, limit],
    );
  }
}
