import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import { type DeadlineKind, remindSql } from '../database/deadline-sql';

const NOT_REMINDED = (kind: DeadlineKind, network = 'o.network', dueAt = 'o.expires_at'): string =>
  `not exists (select from deadlines d where d.network = ${network} and d.kind = '${kind}' and d.due_at = ${dueAt} and d.merchant_id = o.merchant_id and d.subject_id = o.id)`;

/**
 * Whose deadlines must be in the queue and are not there, at most $2 of each kind, held. What somebody else holds is left out: he
 * writes its reminder himself. So nobody is waited for, and nobody else writes these reminders meanwhile.
 */
const MISSING: Readonly<Record<DeadlineKind, string>> = {
  invoice: `select o.merchant_id, o.id, o.network, o.expires_at from invoices o
    where o.merchant_id = $1 and o.expires_at is not null and o.status in ('PENDING', 'PROCESSING') and ${NOT_REMINDED('invoice')} order by o.id limit $2 for no key update skip locked`,
  link: `select o.merchant_id, o.id, o.network, o.expires_at from payment_links o
    where o.merchant_id = $1 and o.expires_at is not null and o.invoice_id is null and o.status in ('active', 'inactive') and ${NOT_REMINDED('link')} order by o.id limit $2 for no key update skip locked`,
  intent: `select o.merchant_id, o.id, i.network, o.expires_at from payment_intents o join invoices i on i.merchant_id = o.merchant_id and i.id = o.invoice_id
    where o.merchant_id = $1 and o.expires_at is not null and o.status in ('open', 'submitted') and ${NOT_REMINDED('intent', 'i.network')} order by o.id limit $2 for no key update of o skip locked`,
  subscription: `select o.merchant_id, o.id, o.network, o.due_at as expires_at from subscriptions o
    where o.merchant_id = $1 and o.due_at is not null and ${NOT_REMINDED('subscription', 'o.network', 'o.due_at')} order by o.id limit $2 for no key update skip locked`,
};

const remindAgain = (kind: DeadlineKind): string =>
  `${kind}_missing as materialized (${MISSING[kind]}), ${kind}_again as (${remindSql(kind, `${kind}_missing`)} returning 1)`;
const REPAIR = `with ${remindAgain('invoice')}, ${remindAgain('link')}, ${remindAgain('intent')}, ${remindAgain('subscription')}
  select from invoice_again union all select from link_again union all select from intent_again union all select from subscription_again`;

@Injectable()
export class DeadlineRepairRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Merchants by their ids, after one of them. */
  async listMerchants(after: string, limit: number): Promise<string[]> {
    const rows = await this.transactions.rows<{ id: string }>(
      'select id from merchants where id > $1 order by id limit $2',
      [after, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Writes what is missing in the queue, of at most `limit` of one merchant's open invoices, links, intents and subscriptions each that no other transaction holds; how many. */
  repair(merchantId: string, limit: number): Promise<number> {
    return this.transactions.affected(REPAIR, [merchantId, limit]);
  }
}
