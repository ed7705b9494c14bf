import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { AttemptVerdict } from './attempt-verdict';
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
}

export interface StruckEndpoint {
  readonly merchantId: string;
  readonly id: string;
  readonly failingSince: Date;
}

/** The latest fifty attempts. */
const LOGGED = `case when jsonb_array_length(d.attempt_log) >= 50 then d.attempt_log - 0 else d.attempt_log end
      || jsonb_build_object('number', o.attempt, 'startedAt', o.started_at, 'latencyMs', o.latency_ms, 'statusCode', o.status_code, 'failure', o.failure, 'excerpt', o.excerpt)`;

/**
 * Deliveries and the endpoints' health after a batch of outcomes; a new version where an endpoint begins or ceases to fail. A success counts whenever it comes; a failure only
 * while the attempt is still the latest, since after the lease somebody else may be at it.
 */
const RECORD = `
  with outcome as (
    select * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::timestamptz[], $7::int[], $8::int[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[])
      as o (merchant_id, endpoint_id, id, attempt, started_at, latency_ms, status_code, failure, excerpt, status, next_attempt_at, paused_until)
    where ${RELAXED}
  ), changed as (
    update webhook_deliveries d set status = o.status, leased_until = null, next_attempt_at = coalesce(o.next_attempt_at, d.next_attempt_at),
      last_status_code = o.status_code, last_latency_ms = o.latency_ms, last_failure = o.failure, attempt_log = ${LOGGED},
      finished_at = case when o.status = 'pending' then null else $1::timestamptz end
    from outcome o
    where d.merchant_id = o.merchant_id and d.id = o.id and (o.status = 'delivered' and d.status <> 'delivered' or d.status = 'pending' and d.attempts = o.attempt)
  ), healed as (
    update webhook_endpoints w set failing_since = null, consecutive_failures = 0, paused_until = null, version = version + 1
    from (select distinct merchant_id, endpoint_id from outcome where status = 'delivered') o
    where w.merchant_id = o.merchant_id and w.id = o.endpoint_id and w.consecutive_failures > 0
  ), struck as (
    update webhook_endpoints w set failing_since = coalesce(w.failing_since, $1), consecutive_failures = w.consecutive_failures + o.failures, paused_until = greatest(w.paused_until, o.paused_until),
      version = w.version + (w.failing_since is null)::int
    from (
      select merchant_id, endpoint_id, count(*)::int as failures, max(paused_until) as paused_until from outcome
      group by merchant_id, endpoint_id having not bool_or(status = 'delivered')
    ) o
    where w.merchant_id = o.merchant_id and w.id = o.endpoint_id
    returning w.merchant_id, w.id, w.failing_since
  )
  select merchant_id as "merchantId", id, failing_since as "failingSince" from struck`;

@Injectable()
export class DeliveryOutcomesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** The endpoints of which nothing in the batch was accepted. */
  record(outcomes: readonly DeliveryOutcome[], at: Date): Promise<StruckEndpoint[]> {
    const column = <K extends keyof DeliveryOutcome>(name: K): DeliveryOutcome[K][] => outcomes.map((outcome) => outcome[name]);
    return this.transactions.rows(RECORD, [
      at, column('merchantId'), column('endpointId'), column('deliveryId'), column('attempt'), column('startedAt'), column('latencyMs'),
      column('statusCode'), column('failure'), column('excerpt'), column('status'), column('nextAttemptAt'), column('pausedUntil'),
    ]);
  }
}
