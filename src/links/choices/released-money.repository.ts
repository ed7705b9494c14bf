import { Injectable } from '@nestjs/common';
import { Transactions } from '../../database/transactions';
import type { InvoiceKey } from '../slots/link-slots.repository';

/** Money that counted towards an invoice until now. */
export interface ReleasedPayment {
  readonly id: string;
  readonly invoiceId: string;
  readonly amount: bigint;
  readonly assetCode: string;
  readonly assetIssuer: string | null;
  readonly from: string;
  readonly account: string;
  readonly transactionHash: string;
  readonly ledger: number;
  readonly operationId: bigint;
  readonly closedAt: Date;
}

@Injectable()
export class ReleasedMoneyRepository {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Holds what counted towards invoices that are locked; what had been attached to them by hand is decided about anew. From when to when it
   * counted stays in the books.
   */
  release(invoices: readonly InvoiceKey[], outcome: string, at: Date): Promise<ReleasedPayment[]> {
    return this.transactions.rows(
      `with released as (
       update payments p set disposition = 'suspense', outcome = $3 from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, invoice_id)
       where p.merchant_id = k.merchant_id and p.invoice_id = k.invoice_id and p.disposition = 'applied'
       returning p.id, p.invoice_id as "invoiceId", p.amount, p.asset_code as "assetCode", p.asset_issuer as "assetIssuer", p.from_address as "from", p.account,
         p.transaction_hash as "transactionHash", p.ledger, p.operation_id as "operationId", p.closed_at as "closedAt", p.merchant_id, p.network, p.recorded_at, coalesce(p.applied_at, p.recorded_at) as applied_at
       ), booked as (
       insert into payment_releases (merchant_id, id, payment_id, network, invoice_id, applied_at, held_before, released_at)
       select merchant_id, gen_random_uuid(), id, network, "invoiceId", applied_at, applied_at > recorded_at, $4 from released
       ), undone as (
       update payment_resolutions s set undone_at = $4 from released where s.merchant_id = released.merchant_id and s.payment_id = released.id and s.undone_at is null
       ) select id, "invoiceId", amount, "assetCode", "assetIssuer", "from", account, "transactionHash", ledger, "operationId", "closedAt" from released`,
      [invoices.map(({ merchantId }) => merchantId), invoices.map(({ id }) => id), outcome, at],
    );
  }
}
