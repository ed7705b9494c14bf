import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import type { Amount } from '../common/money';
import { type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { Invoice } from '../invoices/invoice';
import type { Outcome } from './payment-matcher';
import type { PaymentState, RecordedPayment } from './recorded-payment';

/** Any of each list. */
export interface PaymentFilter {
  readonly status?: readonly PaymentState[];
  readonly disposition?: readonly ('applied' | 'suspense')[];
  readonly outcome?: readonly Outcome[];
  readonly transactionHash?: readonly string[];
  readonly recordedAt?: { readonly from?: Date; readonly to?: Date };
}

const COLUMNS = `p.merchant_id as "merchantId", p.id, p.network, p.operation_id as "operationId", p.change_index as "changeIndex", p.invoice_id as "invoiceId", p.disposition, p.outcome,
  p.kind, p.account, p.muxed_id::text as "muxedId", p.from_address as "fromAddress", p.asset_code as "assetCode", p.asset_issuer as "assetIssuer", p.amount, p.memo_type as "memoType",
  p.memo, p.transaction_hash as "transactionHash", p.ledger, p.closed_at as "closedAt", p.recorded_at as "recordedAt", s.id as "resolutionId", s.action as resolution`;
const FROM =
  'from payments p left join payment_resolutions s on s.merchant_id = p.merchant_id and s.payment_id = p.id and s.undone_at is null';
const OWNED = 'p.merchant_id = $1 and ($2::text is null or p.network = $2)';
/** The same as `paymentState`. */
const STATE = `case when p.disposition = 'applied' then 'applied' when s.action = 'refund' then 'refunded' when s.action = 'dismiss' then 'dismissed' else 'held' end`;
const SORTS = { recordedAt: { sql: 'p.recorded_at', type: 'timestamptz' }, id: { sql: 'p.id', type: 'uuid' } } as const;

@Injectable()
export class PaymentReadsRepository {
  constructor(private readonly transactions: Transactions) {}

  listByIds(owner: Tenant, ids: readonly string[]): Promise<RecordedPayment[]> {
    return this.transactions.rows(`select ${COLUMNS} ${FROM} where ${OWNED} and p.id = any($3::uuid[])`, [
      owner.merchantId,
      owner.network,
      ids,
    ]);
  }

  /** In ledger order. */
  listByInvoices(owner: Tenant, invoiceIds: readonly string[]): Promise<RecordedPayment[]> {
    return this.transactions.rows(
      `select ${COLUMNS} ${FROM} where ${OWNED} and p.invoice_id = any($3::uuid[]) order by p.operation_id, p.change_index`,
      [owner.merchantId, owner.network, invoiceIds],
    );
  }

  async sumHeld(invoice: Pick<Invoice, 'merchantId' | 'id' | 'assetCode' | 'assetIssuer'>): Promise<Amount> {
    const [row] = await this.transactions.rows<{ held: string }>(
      `select coalesce(sum(p.amount), 0)::text as held ${FROM} where p.merchant_id = $1 and p.invoice_id = $2 and p.disposition = 'suspense' and s.id is null and p.asset_code = $3 and p.asset_issuer is not distinct from $4`,
      [invoice.merchantId, invoice.id, invoice.assetCode, invoice.assetIssuer],
    );
    return BigInt(row?.held ?? '0');
  }

  list(owner: Tenant, filter: PaymentFilter, page: Keyset): Promise<RecordedPayment[]> {
    const { status, disposition, outcome, transactionHash, recordedAt } = filter;
    const values: unknown[] = [
      owner.merchantId,
      owner.network,
      status ?? null,
      disposition ?? null,
      outcome ?? null,
      transactionHash ?? null,
      recordedAt?.from ?? null,
      recordedAt?.to ?? null,
    ];
    return this.transactions.page(
      `select ${COLUMNS} ${FROM} where ${OWNED} and ($3::text[] is null or ${STATE} = any($3)) and ($4::text[] is null or p.disposition = any($4))
         and ($5::text[] is null or p.outcome = any($5)) and ($6::text[] is null or p.transaction_hash = any($6))
         and ($7::timestamptz is null or p.recorded_at >= $7) and ($8::timestamptz is null or p.recorded_at < $8) ${keysetClause(page, SORTS, values)}`,
      values,
    );
  }
}
