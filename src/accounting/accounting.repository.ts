import { Injectable } from '@nestjs/common';
import type { Tenant } from '../common/tenant';
import { Transactions } from '../database/transactions';
import type { BookedPayment } from './accounting-row';
import type { Period } from './period';

/** Where a page ended. */
export interface BookmarkedAt {
  readonly bookedAt: Date;
  readonly id: string;
}

/**
 * By when money began to count, which has an index: held money that counts later is in the books of that day, so that nothing appears in
 * a period that was read after its end. Of several credits in the transaction that paid an
 * invoice, the first counts as the one that did.
 */
const PAGE = `
  select p.id, coalesce(p.applied_at, p.recorded_at) as "bookedAt", p.closed_at as "closedAt", p.network, p.asset_code as "assetCode", p.asset_issuer as "assetIssuer", p.amount,
    p.from_address as "fromAddress", p.transaction_hash as "transactionHash", p.operation_id as "operationId",
    coalesce(i.status = 'PAID' and i.paid_transaction = p.transaction_hash and not exists (
      select from payments b where b.merchant_id = p.merchant_id and b.invoice_id = p.invoice_id and b.disposition = 'applied' and b.transaction_hash = p.transaction_hash
        and (b.operation_id, b.change_index) < (p.operation_id, p.change_index)), false) as pays,
    i.number, i.reference, i.client_name as "clientName", i.client_company as "clientCompany", i.client_email as "clientEmail",
    i.subtotal, i.tax_amount as "taxAmount", i.taxes, i.discount, i.total, i.payer -> 'customFields' as answers,
    q.currency as "quoteCurrency", q.rate::text as "quoteRate", q.amount as "quoteAmount", q.pay_amount as "quotePayAmount"
  from payments p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id
    left join payment_link_choices c on c.merchant_id = i.merchant_id and c.invoice_id = i.id
    left join quotes q on q.merchant_id = c.merchant_id and q.id = c.quote_id
  where p.merchant_id = $1 and ($2::text is null or p.network = $2) and p.disposition = 'applied' and coalesce(p.applied_at, p.recorded_at) >= $3 and coalesce(p.applied_at, p.recorded_at) < $4
    and ($5::timestamptz is null or (coalesce(p.applied_at, p.recorded_at), p.id) > ($5::timestamptz, $6::uuid))
  order by coalesce(p.applied_at, p.recorded_at), p.id limit $7`;

type Row = Omit<BookedPayment, 'quote'> & {
  readonly quoteCurrency: string | null;
  readonly quoteRate: string | null;
  readonly quoteAmount: bigint | null;
  readonly quotePayAmount: bigint | null;
};

@Injectable()
export class AccountingRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Money of the period that counts towards invoices, after what was read already. */
  async page(owner: Tenant, { from, to }: Period, after: BookmarkedAt | null, limit: number): Promise<BookedPayment[]> {
    const rows = await this.transactions.page<Row>(PAGE, [
      owner.merchantId,
      owner.network,
      from,
      to,
      after?.bookedAt ?? null,
      after?.id ?? null,
      limit,
    ]);
    return rows.map(({ quoteCurrency, quoteRate, quoteAmount, quotePayAmount, ...row }) => ({
      ...row,
      quote:
        quoteCurrency === null || quoteRate === null || quoteAmount === null || quotePayAmount === null
          ? null
          : { currency: quoteCurrency, rate: quoteRate, amount: quoteAmount, payAmount: quotePayAmount },
    }));
  }
}
