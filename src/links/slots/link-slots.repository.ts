import { Injectable } from '@nestjs/common';
import { Transactions } from '../../database/transactions';
import { forgetSql } from '../../database/deadline-sql';
import { linkSources } from '../link-states';
import type { PaymentLink } from '../payment-link';

export interface InvoiceKey {
  readonly merchantId: string;
  readonly id: string;
}

/** An invoice that was paid, as its link counts it. */
export interface CountedPayment {
  readonly merchantId: string;
  /** Of the link. */
  readonly id: string;
  readonly invoiceId: string;
  readonly slot: 'paid' | 'over';
  /** The link has had all its payments with this statement. */
  readonly completed: boolean;
}

const KEYS = 'unnest($1::uuid[], $2::uuid[]) as k (merchant_id, invoice_id)';
const OF_KEY = 'c.merchant_id = k.merchant_id and c.invoice_id = k.invoice_id';

/**
 * The slots of reusable links. Every change of a slot is made in the transaction that changed its invoice, whose row
 * it holds, and locks the link's row: invoices first, links after.
 */
@Injectable()
export class LinkSlotsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Takes a slot where there is one; false when not, or when the link is not open any more. */
  async take(link: Pick<PaymentLink, 'merchantId' | 'id'>, now: Date): Promise<boolean> {
    const taken = await this.transactions.affected(
      `update payment_links set slots_used = slots_used + 1, updated_at = $3, version = version + 1
       where merchant_id = $1 and id = $2 and kind <> 'standard' and status = 'active' and (expires_at is null or expires_at > $3) and (max_payments is null or slots_used < max_payments)`,
      [link.merchantId, link.id, now],
    );
    return taken === 1;
  }

  /** Frees the slots of invoices that ended unpaid; others are left alone. */
  async giveBack(keys: readonly InvoiceKey[], at: Date): Promise<void> {
    await this.transactions.affected(
      `with freed as (
         update payment_link_choices c set slot = 'returned', payer_address = null from ${KEYS} where ${OF_KEY} and c.slot = 'held'
         returning c.merchant_id, c.link_id
       ), counted as (select merchant_id, link_id, count(*)::integer as slots from freed group by merchant_id, link_id)
       update payment_links l set slots_used = l.slots_used - counted.slots, updated_at = $3, version = l.version + 1
       from counted where l.merchant_id = counted.merchant_id and l.id = counted.link_id`,
      [...columns(keys), at],
    );
  }

  /**
   * Counts invoices that were paid, whose links the caller holds. A held slot is paid; one that had been given back is taken again where there is
   * room, and is over the limit where there is none: money that came by itself was held then, so its owner has attached it by hand.
   */
  pay(keys: readonly InvoiceKey[], at: Date): Promise<CountedPayment[]> {
    return this.transactions.rows(
      `with counting as materialized (
         select l.merchant_id, l.id, l.status, l.max_payments, l.slots_used, l.payments_made from payment_links l
         where (l.merchant_id, l.id) in (select c.merchant_id, c.link_id from payment_link_choices c join ${KEYS} on ${OF_KEY}) and l.kind <> 'standard'
       ), judged as (
         select c.merchant_id, c.link_id, c.invoice_id, c.slot as before,
           case when c.slot = 'held' then 'paid' 
             when l.max_payments is null or l.slots_used + row_number() over (partition by c.merchant_id, c.link_id, c.slot order by c.created_at, c.invoice_id) <= l.max_payments then 'paid'
             else 'over' end as after
         from payment_link_choices c join ${KEYS} on ${OF_KEY} join counting l on l.merchant_id = c.merchant_id and l.id = c.link_id
         where c.slot in ('held', 'returned')
       ), marked as (
         update payment_link_choices c set slot = judged.after, payer_address = null from judged where c.merchant_id = judged.merchant_id and c.invoice_id = judged.invoice_id
       ), counted as (
         select merchant_id, link_id, count(*) filter (where after = 'paid')::integer as paid, count(*) filter (where after = 'paid' and before = 'returned')::integer as taken,
           count(*) filter (where after = 'over')::integer as beyond
         from judged group by merchant_id, link_id
       ), moved as (
         update payment_links l set slots_used = l.slots_used + counted.taken, payments_made = l.payments_made + counted.paid, payments_over_limit = l.payments_over_limit + counted.beyond,
           status = case when l.payments_made + counted.paid = l.max_payments and l.status = any($4) then 'completed' else l.status end, updated_at = $3, version = l.version + 1
         from counted, counting where l.merchant_id = counted.merchant_id and l.id = counted.link_id and counting.merchant_id = l.merchant_id and counting.id = l.id
         returning l.merchant_id, l.id, l.network, l.expires_at, l.status = 'completed' and counting.status <> 'completed' as completed
       ), forgotten as (
         ${forgetSql('link', '(select merchant_id, id, network, expires_at from moved where completed)')}
       )
       select judged.merchant_id as "merchantId", judged.link_id as id, judged.invoice_id as "invoiceId", judged.after as slot, moved.completed
       from judged join moved on moved.merchant_id = judged.merchant_id and moved.id = judged.link_id
       order by judged.merchant_id, judged.link_id, judged.after desc, judged.invoice_id`,
      [...columns(keys), at, linkSources('completed')],
    );
  }
}

function columns(keys: readonly InvoiceKey[]): [string[], string[]] {
  return [keys.map(({ merchantId }) => merchantId), keys.map(({ id }) => id)];
}
