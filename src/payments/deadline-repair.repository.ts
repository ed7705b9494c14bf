import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import { type DeadlineKind, remindSql } from '../database/deadline-sql';

const NOT_REMINDED = (kind: DeadlineKind): string =>
  `not exists (select from deadlines d where d.network = o.network and d.kind = '${kind}' and d.due_at = o.expires_at and d.merchant_id = o.merchant_id and d.subject_id = o.id)`;

/** Whose deadlines must be in the queue. */
const OPEN: Readonly<Record<DeadlineKind, string>> = {
  invoice: `(select merchant_id, id, network, expires_at from invoices where merchant_id = $1 and status in ('PENDING', 'PROCESSING'))`,
  link: `(select merchant_id, id, network, expires_at from payment_links where merchant_id = $1 and invoice_id is null and status in ('active', 'inactive'))`,
  intent: `(select p.merchant_id, p.id, i.network, p.expires_at from payment_intents p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id
    where p.merchant_id = $1 and p.status in ('open', 'submitted'))`,
};

const remindAgain = (kind: DeadlineKind): string =>
  `${kind}_again as (${remindSql(kind, `(select o.* from ${OPEN[kind]} as o where ${NOT_REMINDED(kind)})`)} returning 1)`;
const REPAIR = `with ${remindAgain('invoice')}, ${remindAgain('link')}, ${remindAgain('intent')}
  select from invoice_again union all select from link_again union all select from intent_again`;

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

  /** Writes what is missing in the queue of one merchant's open invoices, links and intents; how many. */
  repair(merchantId: string): Promise<number> {
    return this.transactions.affected(REPAIR, [merchantId]);
  }
}
