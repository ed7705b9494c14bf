import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import { announceSql } from './delivery-lanes';
import { wantsSql } from './event-vocabulary';
import { deliveryHashSql, deliveryIdSql } from './webhook-delivery';

/**
 * The next numbered events of each merchant become deliveries, and the merchant's mark moves with them. A merchant with
 * many endpoints gets fewer events at a time. What is left stands in the queue again, so that it outlives the process.
 */
const TELL = `
  with head as materialized (
    select merchant_id, told_seq, last_seq from event_heads where merchant_id = any($1::uuid[])
  ), endpoint as materialized (
    select merchant_id, id, network, vocabulary, event_types, since_seq from webhook_endpoints where merchant_id = any($1::uuid[]) and status = 'enabled' for key share
  ), width as materialized (
    select merchant_id, count(*) as endpoints from endpoint group by merchant_id
  ), batch as materialized (
    select h.merchant_id, n.seq, n.event_id, e.type, e.network, e.subject_id
    from head h join width s on s.merchant_id = h.merchant_id cross join lateral (
      select seq, event_id from event_numbers n where n.merchant_id = h.merchant_id and n.seq > h.told_seq order by seq limit greatest(1, $3::int / s.endpoints)
    ) n join events e on e.merchant_id = h.merchant_id and e.id = n.event_id
  ), added as (
    insert into webhook_deliveries (merchant_id, id, endpoint_id, event_id, next_attempt_at, created_at)
    select b.merchant_id, ${deliveryIdSql('h.hash')}, w.id, b.event_id, $2, $2
    from batch b join endpoint w on w.merchant_id = b.merchant_id and w.network = b.network
      cross join lateral (select ${deliveryHashSql('w.id', 'b.event_id')} as hash offset 0) h
    where b.seq > w.since_seq and case when b.type = 'webhook_endpoint.test' then w.id = b.subject_id else ${wantsSql('w', 'b.type')} end
    on conflict do nothing
    returning merchant_id, endpoint_id
  ), announced as (
    ${announceSql('(select a.merchant_id, w.lane, $2::timestamptz as due_at from added a join webhook_endpoints w on w.merchant_id = a.merchant_id and w.id = a.endpoint_id) a', '$2')}
  ), moved as (
    update event_heads h set told_seq = coalesce((select max(b.seq) from batch b where b.merchant_id = h.merchant_id), h.last_seq)
    from head o where h.merchant_id = o.merchant_id
    returning h.merchant_id, h.told_seq < h.last_seq as more
  ), left_over as (
    insert into event_queue (merchant_id, id, event_ids, subject_ids) select merchant_id, gen_random_uuid(), '{}', '{}' from moved where more
  )
  select merchant_id as "merchantId" from moved where more`;

/** The way of events from the outbox into the deliveries of their merchant's endpoints. */
@Injectable()
export class EventFanOutRepository {
  constructor(private readonly transactions: Transactions) {}

  /** At most about `budget` deliveries for each merchant, whose heads the caller holds. Returns the merchants with more events. */
  async tell(merchantIds: readonly string[], at: Date, budget: number): Promise<string[]> {
    const rows = await this.transactions.rows<{ merchantId: string }>(TELL, [merchantIds, at, budget]);
    return rows.map(({ merchantId }) => merchantId);
  }
}
