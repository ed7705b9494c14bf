import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { Holding, InvoiceKey } from '../invoices/invoice-settlement.service';
import type { LinkOfInvoice } from './link-of-invoice';

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

const HOLD_OF = `
  with wanted as materialized (
    select k.merchant_id, k.invoice_id, c.link_id, true as chosen from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, invoice_id)
      join payment_link_choices c on c.merchant_id = k.merchant_id and c.invoice_id = k.invoice_id
    union all
    select k.merchant_id, k.invoice_id, l.id, false from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, invoice_id)
      join payment_links l on l.merchant_id = k.merchant_id and l.invoice_id = k.invoice_id
      where not exists (select from payment_link_choices c where c.merchant_id = k.merchant_id and c.invoice_id = k.invoice_id)
  ), held as materialized (
    select l.merchant_id, l.id, l.kind, l.status, l.invoice_id, l.expires_at from payment_links l where (l.merchant_id, l.id) in (select merchant_id, link_id from wanted)
    order by l.merchant_id, l.id for no key update of l
  )
  select h.merchant_id as "merchantId", h.id, h.kind, h.status, h.invoice_id as "invoiceId", h.expires_at as "expiresAt", w.invoice_id as choice, w.chosen
  from held h join wanted w on w.merchant_id = h.merchant_id and w.link_id = h.id order by h.merchant_id, h.id, w.invoice_id`;

/** Links are locked after their invoices and in one order, by every caller. */
@Injectable()
export class LinkLocksRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Holds the links of invoices until the transaction ends; the ids of invoices whose link somebody else holds. */
  async hold(invoices: readonly InvoiceKey[], holding: Holding): Promise<string[]> {
    const rows = await this.transactions.rows<{ id: string }>(HOLD(holding), [
      invoices.map(({ merchantId }) => merchantId),
      invoices.map(({ id }) => id),
    ]);
    return rows.map(({ id }) => id);
  }

  /** Waits for the links of these invoices, which the caller holds, and returns them as they are now. */
  holdOf(invoices: readonly InvoiceKey[]): Promise<LinkOfInvoice[]> {
    return this.transactions.rows(HOLD_OF, [
      invoices.map(({ merchantId }) => merchantId),
      invoices.map(({ id }) => id),
    ]);
  }
}
