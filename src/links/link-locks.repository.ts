import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { Holding, InvoiceKey } from '../invoices/invoice-settlement.service';
import type { LinkOfInvoice } from './link-of-invoice';

/** The link of an invoice, held or not. */
export interface LinkHold {
  readonly invoiceId: string;
  /** Another transaction holds it. */
  readonly busy: boolean;
  /** The single-use link that the invoice is one of the choices of. Such choices are rivals: the first that is paid wins. */
  readonly linkId: string | null;
  /** That link was paid by another choice, or withdrawn. */
  readonly linkClosed: boolean;
  /** The reusable link with a limit that the invoice had a slot of and has given back: paid now, it needs a free one. A held slot always has room. */
  readonly limitedLinkId: string | null;
  /** Free slots of that link; 0 where there is none. */
  readonly room: number;
}

/** Counted, because of a query in a `with` only as many rows are locked as are read. */
const HOLD = (holding: Holding): string => `
  with wanted as materialized (
    select k.merchant_id, k.invoice_id, l.id, false as chosen, null as slot from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, invoice_id)
      join payment_links l on l.merchant_id = k.merchant_id and l.invoice_id = k.invoice_id
    union
    select k.merchant_id, k.invoice_id, c.link_id, true, c.slot from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, invoice_id)
      join payment_link_choices c on c.merchant_id = k.merchant_id and c.invoice_id = k.invoice_id
  ), held as materialized (
    select l.merchant_id, l.id, l.kind = 'standard' as single, l.status, l.invoice_id, l.max_payments - l.slots_used as room from payment_links l where (l.merchant_id, l.id) in (select merchant_id, id from wanted)
    order by l.merchant_id, l.id for no key update of l${holding === 'skip' ? ' skip locked' : ''}
  )
  select w.invoice_id as "invoiceId", h.id is null as busy, case when w.chosen and h.single then h.id end as "linkId",
    coalesce(w.chosen and h.single and ((h.status = 'completed' and h.invoice_id <> w.invoice_id) or h.status = 'cancelled'), false) as "linkClosed",
    case when w.slot = 'returned' and h.room is not null then h.id end as "limitedLinkId", coalesce(h.room, 0)::float8 as room
  from wanted w left join held h on h.merchant_id = w.merchant_id and h.id = w.id where (select count(*) from held) >= 0`;

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

  /** Holds the links of invoices until the transaction ends, and returns them, as they are from then on, for the invoices with a link. */
  hold(invoices: readonly InvoiceKey[], holding: Holding): Promise<LinkHold[]> {
    return this.transactions.rows(HOLD(holding), [
      invoices.map(({ merchantId }) => merchantId),
      invoices.map(({ id }) => id),
    ]);
  }

  /** Waits for the links of these invoices, which the caller holds, and returns them as they are now. */
  holdOf(invoices: readonly InvoiceKey[]): Promise<LinkOfInvoice[]> {
    return this.transactions.rows(HOLD_OF, [
      invoices.map(({ merchantId }) => merchantId),
      invoices.map(({ id }) => id),
    ]);
  }
}
