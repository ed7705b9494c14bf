import { Injectable } from '@nestjs/common';
import { Transactions } from '../../database/transactions';
import type { CountedFact } from './link-statistics';

/**
 * Everything but page views is counted from what is on record, so that it is right after a restore, too, and costs nothing while it
 * happens. Invoices that a link was born with have no choice; those of later periods of a subscription neither: their money counts, and who subscribed was counted as paid once.
 */
const FACTS = `
  with chosen as (
    select c.invoice_id, c.created_at from payment_link_choices c where c.merchant_id = $1 and c.link_id = $2
  ), own as (
    select invoice_id from chosen
    union select l.invoice_id from payment_links l where l.merchant_id = $1 and l.id = $2 and l.invoice_id is not null
  ), every as (
    select invoice_id from own
    union select sp.invoice_id from subscriptions s join subscription_periods sp on sp.merchant_id = s.merchant_id and sp.subscription_id = s.id
      where s.merchant_id = $1 and s.link_id = $2 and sp.invoice_id is not null
  ), facts as (
    select v.day::timestamp as at, 'opened' as kind, null::text as code, null::text as issuer, v.opened::numeric as amount
    from link_views v where v.merchant_id = $1 and v.link_id = $2 and v.day >= $3::date and v.day <= $4::date
    union all
    select c.created_at at time zone 'UTC', 'chosen', null, null, 1 from chosen c
    union all
    select i.paid_at at time zone 'UTC', 'paid', null, null, 1
    from own join invoices i on i.merchant_id = $1 and i.id = own.invoice_id where i.status = 'PAID'
    union all
    select i.closed_at at time zone 'UTC', 'abandoned', null, null, 1
    from chosen c join invoices i on i.merchant_id = $1 and i.id = c.invoice_id where i.status in ('EXPIRED', 'CANCELLED', 'FAILED')
    union all
    select p.closed_at at time zone 'UTC', 'received', p.asset_code, p.asset_issuer, p.amount
    from every join payments p on p.merchant_id = $1 and p.invoice_id = every.invoice_id where p.disposition = 'applied'
  )
  select to_char(at, 'YYYY-MM-DD') as date, kind, code, issuer, sum(amount)::text as amount from facts
  where at >= $3::date and at < $4::date + interval '1 day' group by 1, 2, 3, 4`;

@Injectable()
export class LinkStatisticsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** What happened to one link from the first day to the last. */
  async facts(merchantId: string, linkId: string, from: string, to: string): Promise<CountedFact[]> {
    const rows = await this.transactions.rows<Omit<CountedFact, 'amount'> & { readonly amount: string }>(FACTS, [
      merchantId,
      linkId,
      from,
      to,
    ]);
    return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
  }
}
