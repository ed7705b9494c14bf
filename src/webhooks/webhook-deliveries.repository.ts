import { Injectable } from '@nestjs/common';
import { type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { announceSql } from './delivery-lanes';
import { wantsSql } from './event-vocabulary';
import {
  deliveryHashSql,
  deliveryIdSql,
  type DeliveryStatus,
  type WebhookAttempt,
  type WebhookDelivery,
} from './webhook-delivery';
import type { WebhookOwner } from './webhook-endpoint';

/** Any of each list; row ids. */
export interface DeliveryFilter {
  readonly endpoint?: readonly string[];
  readonly event?: readonly string[];
  readonly status?: readonly DeliveryStatus[];
  readonly createdAt?: { readonly from?: Date; readonly to?: Date };
}

export interface DeliveryStatistics {
  readonly endpointId: string;
  readonly total: number;
  readonly delivered: number;
  readonly failed: number;
  /** When the last one was accepted. */
  readonly lastAt: Date | null;
}

type StoredAttempt = Omit<WebhookAttempt, 'startedAt'> & { readonly startedAt: string };

const COLUMNS = `d.merchant_id as "merchantId", d.id, d.endpoint_id as "endpointId", d.event_id as "eventId", e.type as "eventType", e.network, d.status, d.attempts,
  case when d.status = 'pending' then d.next_attempt_at end as "nextAttemptAt", d.last_status_code as "lastStatusCode", d.last_latency_ms as "lastLatencyMs",
  d.last_failure as "lastFailure", d.created_at as "createdAt", d.finished_at as "finishedAt"`;
const OWNED =
  'd.merchant_id = $1 and e.merchant_id = $1 and e.id = d.event_id and ($2::text is null or e.network = $2)';

const IN_ORDER = {
  createdAt: { sql: 'd.created_at', type: 'timestamptz' },
  id: { sql: 'd.id', type: 'uuid' },
} as const;

/** Ids follow from endpoint and event, so those about an event are found by their key. */
function deliveriesOf(events: string): string {
  return `select ${deliveryIdSql('h.hash')} from webhook_endpoints w cross join unnest(${events}::uuid[]) as n (id) cross join lateral (select ${deliveryHashSql('w.id', 'n.id')} as hash offset 0) h where w.merchant_id = $1`;
}

/** What has no delivery gets one; what has failed starts anew under the same id; what was delivered stays so. */
const REPLAY = `
  with endpoint as (
    select merchant_id, id, network, vocabulary, event_types, lane from webhook_endpoints where merchant_id = $1 and id = $2 and status = 'enabled'
  ), batch as materialized (
    select e.id, e.type, e.network, n.seq from event_numbers n join events e on e.merchant_id = n.merchant_id and e.id = n.event_id
    where n.merchant_id = $1 and n.seq > $3 and e.created_at >= $4 order by n.seq limit $5
  ), queued as (
    insert into webhook_deliveries (merchant_id, id, endpoint_id, event_id, next_attempt_at, created_at)
    select w.merchant_id, ${deliveryIdSql('h.hash')}, w.id, b.id, $6, $6
    from endpoint w join batch b on b.network = w.network cross join lateral (select ${deliveryHashSql('w.id', 'b.id')} as hash offset 0) h
    where b.type <> 'webhook_endpoint.test' and ${wantsSql('w', 'b.type')}
    on conflict (merchant_id, id) do update set status = 'pending', next_attempt_at = $6, attempts_before = webhook_deliveries.attempts, leased_until = null, finished_at = null
      where webhook_deliveries.status = 'failed'
    returning merchant_id
  ), announced as (
    ${announceSql('(select q.merchant_id, w.lane, $6::timestamptz as due_at from endpoint w join queued q on q.merchant_id = w.merchant_id) a', '$6')}
  )
  select (select count(*) from batch)::int as read, (select count(*) from queued)::int as queued, (select max(seq) from batch) as last`;

const REQUEUE = `
  with queued as (
    update webhook_deliveries d set status = 'pending', next_attempt_at = $3, attempts_before = attempts - case when leased_until > clock_timestamp() then 1 else 0 end, finished_at = null
    from webhook_endpoints w where w.merchant_id = d.merchant_id and w.id = d.endpoint_id and w.status = 'enabled' and d.merchant_id = $1 and d.id = $2
    returning d.merchant_id, w.lane
  ), announced as (
    ${announceSql('(select merchant_id, lane, $3::timestamptz as due_at from queued) a', '$3')}
  )
  select count(*)::int as changed from queued`;

@Injectable()
export class WebhookDeliveriesRepository {
  constructor(private readonly transactions: Transactions) {}

  async find(owner: WebhookOwner, id: string): Promise<WebhookDelivery | null> {
    const [row] = await this.transactions.rows<WebhookDelivery>(
      `select ${COLUMNS} from webhook_deliveries d, events e where ${OWNED} and d.id = $3`,
      [owner.merchantId, owner.network, id],
    );
    return row ?? null;
  }

  list(
    owner: WebhookOwner,
    { endpoint, event, status, createdAt }: DeliveryFilter,
    page: Keyset,
  ): Promise<WebhookDelivery[]> {
    const values: unknown[] = [owner.merchantId, owner.network];
    const parameter = (value: unknown): string => `$${values.push(value)}`;
    const terms = [OWNED];
    if (endpoint !== undefined) terms.push(`d.endpoint_id = any(${parameter(endpoint)}::uuid[])`);
    if (event !== undefined) terms.push(`d.id in (${deliveriesOf(parameter(event))})`);
    if (status !== undefined)
      terms.push(status.length === 1 ? `d.status = '${status[0]}'` : `d.status = any(${parameter(status)})`);
    if (createdAt?.from !== undefined) terms.push(`d.created_at >= ${parameter(createdAt.from)}`);
    if (createdAt?.to !== undefined) terms.push(`d.created_at < ${parameter(createdAt.to)}`);
    return this.transactions.page(
      `select ${COLUMNS} from webhook_deliveries d, events e where ${terms.join(' and ')} ${keysetClause(page, IN_ORDER, values)}`,
      values,
    );
  }

  /** What became of the deliveries of each of these endpoints that are still remembered. */
  statistics({ merchantId }: WebhookOwner, endpoints: readonly string[]): Promise<DeliveryStatistics[]> {
    return this.transactions.rows(
      `select endpoint_id as "endpointId", count(*)::int as total, (count(*) filter (where status = 'delivered'))::int as delivered,
         (count(*) filter (where status = 'failed'))::int as failed, max(finished_at) filter (where status = 'delivered') as "lastAt"
       from webhook_deliveries where merchant_id = $1 and endpoint_id = any($2::uuid[]) group by endpoint_id`,
      [merchantId, endpoints],
    );
  }

  /** The latest fifty, oldest first. */
  async attempts(merchantId: string, deliveryId: string): Promise<WebhookAttempt[]> {
    const [row] = await this.transactions.rows<{ log: StoredAttempt[] }>(
      'select attempt_log as log from webhook_deliveries where merchant_id = $1 and id = $2',
      [merchantId, deliveryId],
    );
    return (row?.log ?? []).map((attempt) => ({ ...attempt, startedAt: new Date(attempt.startedAt) }));
  }

  /** Due now, with the whole schedule before it; false when its endpoint is disabled. */
  async requeue(merchantId: string, id: string, at: Date): Promise<boolean> {
    const [row] = await this.transactions.rows<{ changed: number }>(REQUEUE, [merchantId, id, at]);
    return row?.changed === 1;
  }

  /** Of the events after a number; `last` is the number of the last one that was looked at. */
  async replay(
    merchantId: string,
    endpointId: string,
    after: bigint,
    since: Date,
    limit: number,
    at: Date,
  ): Promise<{ read: number; queued: number; last: bigint | null }> {
    const [row] = await this.transactions.rows<{ read: number; queued: number; last: bigint | null }>(REPLAY, [
      merchantId,
      endpointId,
      after,
      since,
      limit,
      at,
    ]);
    return row ?? { read: 0, queued: 0, last: null };
  }
}
