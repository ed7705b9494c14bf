import { Injectable } from '@nestjs/common';
import { TransactionConflict } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import type { RecordedPayment } from './recorded-payment';

export interface InvoiceKey {
  readonly merchantId: string;
  readonly id: string;
}

export interface SubscriptionKey {
  readonly merchantId: string;
  readonly subscriptionId: string;
}

/** Money that names a period which was paid, and the open invoice of the same subscription. */
export interface HeldSurplus extends RecordedPayment {
  readonly openId: string;
}

/** What others hold is left: it is decided about just now. */
const TAKE = `
  select p.merchant_id as "merchantId", p.id, p.network, p.operation_id as "operationId", p.change_index as "changeIndex", p.invoice_id as "invoiceId", p.disposition, p.outcome,
    p.kind, p.account, p.muxed_id::text as "muxedId", p.from_address as "fromAddress", p.asset_code as "assetCode", p.asset_issuer as "assetIssuer", p.amount, p.memo_type as "memoType",
    p.memo, p.transaction_hash as "transactionHash", p.ledger, p.closed_at as "closedAt", p.recorded_at as "recordedAt", null as "resolutionId", null as resolution, n.id as "openId"
  from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, id)
    join invoices n on n.merchant_id = k.merchant_id and n.id = k.id
    join subscriptions s on s.merchant_id = n.merchant_id and s.id = n.subscription_id and s.roll_forward
    join invoices o on o.merchant_id = n.merchant_id and o.subscription_id = n.subscription_id and o.id <> n.id
    join payments p on p.merchant_id = o.merchant_id and p.invoice_id = o.id and p.outcome = 'period_paid' and p.disposition = 'suspense'
  where not exists (select from payment_resolutions r where r.merchant_id = p.merchant_id and r.payment_id = p.id and r.undone_at is null)
  order by p.operation_id, p.change_index for update of p skip locked`;

@Injectable()
export class HeldSurplusRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Holds subscriptions until the caller's transaction ends, after its invoices and links; the ids of those that are held. */
  async hold(keys: readonly SubscriptionKey[], holding: 'wait' | 'skip'): Promise<ReadonlySet<string>> {
    const rows = await this.transactions.rows<{ id: string }>(
      `select s.id from subscriptions s where (s.merchant_id, s.id) in (select * from unnest($1::uuid[], $2::uuid[]))
       order by s.merchant_id, s.id for no key update of s${holding === 'skip' ? ' skip locked' : ''}`,
      [keys.map(({ merchantId }) => merchantId), keys.map(({ subscriptionId }) => subscriptionId)],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** In ledger order, held until the caller's transaction ends. */
  take(invoices: readonly InvoiceKey[]): Promise<HeldSurplus[]> {
    return this.transactions.rows(TAKE, [invoices.map(({ merchantId }) => merchantId), invoices.map(({ id }) => id)]);
  }

  /**
   * Counts payments that the caller holds towards other invoices than they name, from after they were recorded. Throws `TransactionConflict` when one was decided
   * about while it was taken: what is asked together with a lock is seen as it was before the lock.
   */
  async apply(payments: readonly HeldSurplus[], at: Date): Promise<void> {
    const applied = await this.transactions.affected(
      `update payments p set disposition = 'applied', outcome = 'rolled_forward', invoice_id = k.invoice_id, applied_at = greatest($4, p.recorded_at + interval '1 millisecond')
       from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as k (merchant_id, id, invoice_id)
       where p.merchant_id = k.merchant_id and p.id = k.id and p.disposition = 'suspense'
         and not exists (select from payment_resolutions r where r.merchant_id = p.merchant_id and r.payment_id = p.id and r.undone_at is null)`,
      [
        payments.map(({ merchantId }) => merchantId),
        payments.map(({ id }) => id),
        payments.map(({ openId }) => openId),
        at,
      ],
    );
    if (applied !== payments.length) throw new TransactionConflict('held money was decided about while it was taken');
  }
}
