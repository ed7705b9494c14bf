import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import { announceSql } from './delivery-lanes';
import { RELAXED } from './relaxed-commit';
import { deliveryHashSql, deliveryIdSql } from './webhook-delivery';

/**
 * One batch of events becomes deliveries, and the reader's place moves with them in the same statement. Below the
 * oldest running transaction nothing can be committed any more, so no late commit is passed over.
 */
const FAN_OUT = `
  with place as (
    select transaction_id, event_id from event_cursors where reader = 'webhooks' and ${RELAXED} for update skip locked
  ), batch as materialized (
    select e.merchant_id, e.id, e.type, e.network, e.subject_id, e.transaction_id from events e
    where (e.transaction_id, e.id) > ((select transaction_id from place), (select event_id from place))
      and e.transaction_id < event_horizon()
    order by e.transaction_id, e.id limit $2
  ), added as (
    insert into webhook_deliveries (merchant_id, id, endpoint_id, event_id, next_attempt_at, created_at)
    select b.merchant_id, ${deliveryIdSql('h.hash')}, w.id, b.id, $1, $1
    from batch b join webhook_endpoints w on w.merchant_id = b.merchant_id and w.network = b.network
      cross join lateral (select ${deliveryHashSql('w.id', 'b.id')} as hash offset 0) h
    where w.status = 'enabled' and b.transaction_id > w.since_transaction_id
      and case when b.type = 'webhook_endpoint.test' then w.id = b.subject_id else w.event_types is null or b.type = any(w.event_types) end
    for key share of w
    on conflict do nothing
    returning merchant_id, endpoint_id
  ), announced as (
    ${announceSql('(select a.merchant_id, w.lane, $1::timestamptz as due_at from added a join webhook_endpoints w on w.merchant_id = a.merchant_id and w.id = a.endpoint_id) a', '$1')}
  ), moved as (
    update event_cursors c set transaction_id = l.transaction_id, event_id = l.id
    from (select transaction_id, id from batch order by transaction_id desc, id desc limit 1) l where c.reader = 'webhooks'
  )
  select (select count(*) from batch)::int as read, (select count(*) from added)::int as added`;

/** The way of events from the outbox into the deliveries of their merchant's endpoints. */
@Injectable()
export class EventFanOutRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Reads up to `limit` events; fewer read means that there are no more, or that another process is at it. */
  async fanOut(limit: number, at: Date): Promise<{ read: number; added: number }> {
    const [row] = await this.transactions.rows<{ read: number; added: number }>(FAN_OUT, [at, limit]);
    return row ?? { read: 0, added: 0 };
  }
}
