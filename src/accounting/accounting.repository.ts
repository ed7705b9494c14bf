import { Injectable } from '@nestjs/common';
import type { Tenant } from '../common/tenant';
import { Transactions } from '../database/transactions';
import { type BookEntry, ENTRY_KINDS } from './accounting-row';
import type { Period } from './period';

/** Where a page ended. */
export interface BookmarkedAt {
  readonly bookedAt: Date;
  /** Place of the kind among the entries of one moment. */
  readonly rank: number;
  readonly paymentId: string;
  readonly lineId: string;
}

const BOOKED = 'coalesce(p.applied_at, p.recorded_at)';
/** From where a page goes on; the moment alone is what an index finds. */
const from = (at: string, rank: number, payment: string, line: string): string =>
  `${at} >= coalesce($5::timestamptz, $3) and ${at} < $4 and ($5::timestamptz is null or (${at}, ${rank}, ${payment}, ${line}) > ($5::timestamptz, $6::int, $7::uuid, $8::uuid))
    order by 1, 3, 4 limit $9`;

/**
 * Every kind of entry is read by an index of its own that begins with merchant and moment, so that a page costs what it shows. Nothing
 * that was told changes: money counts from its own moment until it is taken off, which is told at the moment of that.
 * The payment that paid an invoice is the last of its transaction that was not too much: what is attached later is a surplus.
 */
const PAGE = `
  with lines as (
    (select p.recorded_at as at, 0 as rank, p.id as payment_id, p.id as line_id, null::uuid as invoice_id, false as settled, false as held_before
    from payments p where p.merchant_id = $1 and ($2::text is null or p.network = $2) and (p.disposition = 'suspense' or p.applied_at > p.recorded_at)
      and not exists (select from payment_releases r where r.merchant_id = p.merchant_id and r.payment_id = p.id and r.applied_at <= p.recorded_at)
      and ${from('p.recorded_at', 0, 'p.id', 'p.id')})
    union all
    (select ${BOOKED}, 1, p.id, p.id, p.invoice_id, true, coalesce(p.applied_at > p.recorded_at, false)
    from payments p where p.merchant_id = $1 and ($2::text is null or p.network = $2) and p.disposition = 'applied' and ${from(BOOKED, 1, 'p.id', 'p.id')})
    union all
    (select r.applied_at, 1, r.payment_id, r.id, r.invoice_id, false, r.held_before
    from payment_releases r where r.merchant_id = $1 and ($2::text is null or r.network = $2) and ${from('r.applied_at', 1, 'r.payment_id', 'r.id')})
    union all
    (select r.released_at, 2, r.payment_id, r.id, r.invoice_id, false, false
    from payment_releases r where r.merchant_id = $1 and ($2::text is null or r.network = $2) and ${from('r.released_at', 2, 'r.payment_id', 'r.id')})
    union all
    (select s.created_at, case s.action when 'refund' then 3 else 4 end, s.payment_id, s.id, null, false, false
    from payment_resolutions s where s.merchant_id = $1 and ($2::text is null or s.network = $2) and s.action <> 'attach'
      and s.created_at >= coalesce($5::timestamptz, $3) and s.created_at < $4
      and ($5::timestamptz is null or (s.created_at, case s.action when 'refund' then 3 else 4 end, s.payment_id, s.id) > ($5::timestamptz, $6::int, $7::uuid, $8::uuid))
    order by s.created_at, 2, 3, 4 limit $9)
    order by 1, 2, 3, 4 limit $9
  )
  select l.at as "bookedAt", l.rank, l.line_id as "lineId", l.held_before as "heldBefore", p.id, p.closed_at as "closedAt", p.network, p.asset_code as "assetCode", p.asset_issuer as "assetIssuer", p.amount,
    p.from_address as "fromAddress", case when l.rank = 3 then s.refund_transaction_hash else p.transaction_hash end as "transactionHash", p.operation_id as "operationId",
    coalesce(l.settled and i.status = 'PAID' and i.paid_transaction = p.transaction_hash and p.outcome <> 'surplus' and not exists (
      select from (select * from payments b where b.merchant_id = p.merchant_id and b.transaction_hash = p.transaction_hash offset 0) b
      where b.invoice_id = p.invoice_id and b.disposition = 'applied' and b.outcome <> 'surplus'
        and (coalesce(b.applied_at, b.recorded_at), b.operation_id, b.change_index) > (${BOOKED}, p.operation_id, p.change_index)), false) as pays,
    i.number, i.reference, i.client_name as "clientName", i.client_company as "clientCompany", i.client_email as "clientEmail",
    i.subtotal, i.tax_amount as "taxAmount", i.taxes, i.discount, i.total, i.payer -> 'customFields' as answers,
    q.currency as "quoteCurrency", q.rate::text as "quoteRate", q.amount as "quoteAmount", q.pay_amount as "quotePayAmount"
  from lines l join payments p on p.merchant_id = $1 and p.id = l.payment_id
    left join payment_resolutions s on l.rank = 3 and s.merchant_id = $1 and s.id = l.line_id
    left join invoices i on i.merchant_id = $1 and i.id = l.invoice_id
    left join payment_link_choices c on c.merchant_id = i.merchant_id and c.invoice_id = i.id
    left join quotes q on q.merchant_id = c.merchant_id and q.id = c.quote_id
  order by 1, 2, p.id, 3`;

type Row = Omit<BookEntry, 'quote' | 'kind'> & {
  readonly rank: number;
  readonly lineId: string;
  readonly quoteCurrency: string | null;
  readonly quoteRate: string | null;
  readonly quoteAmount: bigint | null;
  readonly quotePayAmount: bigint | null;
};

export type PagedEntry = BookEntry & Pick<Row, 'rank' | 'lineId'>;

@Injectable()
export class AccountingRepository {
  constructor(private readonly transactions: Transactions) {}

  /** What happened to money in the period, after what was read already. */
  async page(
    owner: Tenant,
    { from: start, to }: Period,
    after: BookmarkedAt | null,
    limit: number,
  ): Promise<PagedEntry[]> {
    const rows = await this.transactions.page<Row>(PAGE, [
      owner.merchantId,
      owner.network,
      start,
      to,
      after?.bookedAt ?? null,
      after?.rank ?? null,
      after?.paymentId ?? null,
      after?.lineId ?? null,
      limit,
    ]);
    return rows.map(({ quoteCurrency, quoteRate, quoteAmount, quotePayAmount, ...row }) => ({
      ...row,
      kind: ENTRY_KINDS[row.rank] ?? 'payment',
      quote:
        quoteCurrency === null || quoteRate === null || quoteAmount === null || quotePayAmount === null
          ? null
          : { currency: quoteCurrency, rate: quoteRate, amount: quoteAmount, payAmount: quotePayAmount },
    }));
  }
}
