import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { AttemptVerdict } from './attempt-verdict';
import { announceSql, FAILURES_ARE_TROUBLE } from './delivery-lanes';
import { RELAXED } from './relaxed-commit';

/** What came of one attempt. */
export interface DeliveryOutcome extends AttemptVerdict {
  readonly merchantId: string;
  readonly endpointId: string;
  readonly deliveryId: string;
  readonly attempt: number;
  readonly startedAt: Date;
  readonly latencyMs: number;
  readonly statusCode: number | null;
  readonly excerpt: string | null;
  /** Answered, with whatever status, and fast enough not to hold others up. */
  readonly prompt: boolean;
}

export interface StruckEndpoint {
  readonly merchantId: string;
  readonly id: string;
  readonly failingSince: Date;
}

/** The latest fifty attempts. */
const LOGGED = `case when jsonb_array_length(d.attempt_log) >= 50 then d.attempt_log - 0 else d.attempt_log end
      || jsonb_build_object('number', o.attempt, 'startedAt', o.started_at, 'latencyMs', o.latency_ms, 'statusCode', o.status_code, 'failure', o.failure, 'excerpt', o.excerpt)`;

/** One step down from where it was: an endpoint that was prompt until now is soon tried again, before those in trouble. */
const LANE = `case when o.prompt and (o.accepted or w.consecutive_failures + o.failures < ${FAILURES_ARE_TROUBLE}) then 'prompt' when w.lane = 'prompt' and not o.prompt then 'unproven' else 'troubled' end`;

/**
 * Deliveries and the endpoints' health after a batch of outcomes; a new version where an endpoint begins or ceases to fail. A success
 * counts whenever it comes. A failure counts only while the attempt is still the latest, since after the lease another worker may be
 * at it. An endpoint that was healthy and is stays unwritten. Every merchant of the batch is announced, because an attempt that has
 * ended lets through what was held back.
 */
const RECORD = `
  with outcome as (
    select * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::timestamptz[], $7::int[], $8::int[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[], $14::boolean[])
      as o (merchant_id, endpoint_id, id, attempt, started_at, latency_ms, status_code, failure, excerpt, status, next_attempt_at, paused_until, prompt)
    where ${RELAXED}
  ), changed as (
    update webhook_deliveries d set status = o.status, leased_until = null, next_attempt_at = coalesce(o.next_attempt_at, d.next_attempt_at),
      last_status_code = o.status_code, last_latency_ms = o.latency_ms, last_failure = o.failure, attempt_log = ${LOGGED},
      finished_at = case when o.status = 'pending' then null else $1::timestamptz end
    from outcome o
    where d.merchant_id = o.merchant_id and d.id = o.id and (o.status = 'delivered' and d.status <> 'delivered' or d.status = 'pending' and d.attempts = o.attempt)
    returning d.merchant_id, d.endpoint_id, d.status, d.next_attempt_at
  ), touched as (
    update webhook_endpoints w set lane = ${LANE}, last_trouble_at = case when o.prompt then w.last_trouble_at else $1 end,
      failing_since = case when not o.accepted then coalesce(w.failing_since, $1) end,
      consecutive_failures = case when o.accepted then 0 else w.consecutive_failures + o.failures end,
      paused_until = case when not o.accepted then greatest(w.paused_until, o.paused_until) end,
      version = w.version + (o.accepted = (w.failing_since is not null))::int
    from (
      select merchant_id, endpoint_id, count(*)::int as failures, max(paused_until) as paused_until, bool_or(status = 'delivered') as accepted, bool_and(prompt) as prompt
      from outcome group by merchant_id, endpoint_id
    ) o
    where w.merchant_id = o.merchant_id and w.id = o.endpoint_id and not (o.accepted and o.prompt and w.consecutive_failures = 0 and w.lane = 'prompt')
    returning w.merchant_id, w.id, w.lane, w.failing_since
  ), announced as (${announceSql(
    `(
      select c.merchant_id, coalesce(w.lane, 'prompt') as lane, c.next_attempt_at as due_at from changed c left join touched w on w.merchant_id = c.merchant_id and w.id = c.endpoint_id where c.status = 'pending'
      union all select merchant_id, lane, $1 from touched
      union all select merchant_id, null, null from outcome
    ) a`,
    '$1',
  )})
  select merchant_id as "merchantId", id, failing_since as "failingSince" from touched where failing_since is not null`;

@Injectable()
export class DeliveryOutcomesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** The endpoints of which nothing in the batch was accepted. */
  record(outcomes: readonly DeliveryOutcome[], at: Date): Promise<StruckEndpoint[]> {
    const column = <K extends keyof DeliveryOutcome>(name: K): DeliveryOutcome[K][] =>
      outcomes.map((outcome) => outcome[name]);
    return this.transactions.rows(RECORD, [
      at,
      column('merchantId'),
      column('endpointId'),
      column('deliveryId'),
      column('attempt'),
      column('startedAt'),
      column('latencyMs'),
      column('statusCode'),
      column('failure'),
      column('excerpt'),
      column('status'),
      column('nextAttemptAt'),
      column('pausedUntil'),
      column('prompt'),
    ]);
  }
}
