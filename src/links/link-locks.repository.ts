import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { Holding, InvoiceKey } from '../invoices/invoice-settlement.service';

/** Counted, because of a query in a `with` only as many rows are locked as are read. */
const HOLD = (holding: Holding): string => `
  with wanted as materialized (
    select k.merchant_id, k.invoice_id, l.id from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, invoice_id)
      join payment_links l on l.merchant_id = k.merchant_id and l.invoice_id = k.invoice_id
    union
    select k.merchant_id, k.invoice_id, c.link_id from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, invoice_id)
      join payment_link_choices c on c.merchant_id = k.merchant_id and c.invoice_id = k.invoice_id
  ), held as materialized (
    select l.merchant_id, l.id from payment_links l where (l.merchant_id, l.id) in (select merchant_id, id from wanted)
    order by l.merchant_id, l.id for no key update of l${holding === 'skip' ? ' skip locked' : ''}
  )
  select w.invoice_id as id from wanted w
  where (select count(*) from held) >= 0 and not exists (select from held h where h.merchant_id = w.merchant_id and h.id = w.id)`;

/** Links are locked after their invoices and in one order, whoever does it. */
@Injectable()
export class LinkLocksRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Holds the links of invoices until the transaction ends; the ids of invoices whose link somebody else holds. */
  async hold(invoices: readonly InvoiceKey[], holding: Holding): Promise<string[]> {
    const rows = await this.transactions.rows<{ id: string }>(HOLD(holding), [invoices.map(({ merchantId }) => merchantId), invoices.map(({ id }) => id)]);
    return rows.map(({ id }) => id);
  }
}
