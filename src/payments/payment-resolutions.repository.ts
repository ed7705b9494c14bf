import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import { type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { Outcome } from './payment-matcher';
import type { PaymentResolution } from './payment-resolution';
import type { ResolutionAction } from './recorded-payment';

export interface ResolutionFilter {
  readonly action?: readonly ResolutionAction[];
  readonly createdAt?: { readonly from?: Date; readonly to?: Date };
}

const COLUMNS = `merchant_id as "merchantId", id, payment_id as "paymentId", network, action, held_as as "heldAs", invoice_id as "invoiceId", reason,
  refund_transaction_hash as "refundTransactionHash", created_by as "createdBy", created_at as "createdAt", undone_at as "undoneAt"`;
const OWNED = 'merchant_id = $1 and ($2::text is null or network = $2)';
const SORTS = { createdAt: { sql: 'created_at', type: 'timestamptz' }, id: { sql: 'id', type: 'uuid' } } as const;

@Injectable()
export class PaymentResolutionsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Keeps held money from being counted towards an invoice until the caller's transaction ends; false when it is not held any more. */
  async hold(merchantId: string, paymentId: string): Promise<boolean> {
    const held = await this.transactions.rows(
      `select from payments where merchant_id = $1 and id = $2 and disposition = 'suspense' for update`,
      [merchantId, paymentId],
    );
    return held.length === 1;
  }

  /** Violates `payment_resolutions_once` when the payment has a decision already. */
  async insert(resolution: Omit<PaymentResolution, 'undoneAt'>): Promise<void> {
    const {
      merchantId,
      id,
      paymentId,
      network,
      action,
      heldAs,
      invoiceId,
      reason,
      refundTransactionHash,
      createdBy,
      createdAt,
    } = resolution;
    await this.transactions.affected(
      `insert into payment_resolutions (merchant_id, id, payment_id, network, action, held_as, invoice_id, reason, refund_transaction_hash, created_by, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        merchantId,
        id,
        paymentId,
        network,
        action,
        heldAs,
        invoiceId,
        reason,
        refundTransactionHash,
        createdBy,
        createdAt,
      ],
    );
  }

  /** Counts held money towards an invoice, from after it was recorded, whatever the clocks say; false when it is not held any more. */
  async apply(merchantId: string, paymentId: string, invoiceId: string, outcome: Outcome, at: Date): Promise<boolean> {
    const applied = await this.transactions.affected(
      `update payments set disposition = 'applied', invoice_id = $3, outcome = $4, applied_at = greatest($5, recorded_at + interval '1 millisecond') where merchant_id = $1 and id = $2 and disposition = 'suspense'`,
      [merchantId, paymentId, invoiceId, outcome, at],
    );
    return applied === 1;
  }

  listByIds(owner: Tenant, ids: readonly string[]): Promise<PaymentResolution[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from payment_resolutions where ${OWNED} and id = any($3::uuid[])`,
      [owner.merchantId, owner.network, ids],
    );
  }

  list(owner: Tenant, filter: ResolutionFilter, page: Keyset): Promise<PaymentResolution[]> {
    const { action, createdAt } = filter;
    const values: unknown[] = [
      owner.merchantId,
      owner.network,
      action ?? null,
      createdAt?.from ?? null,
      createdAt?.to ?? null,
    ];
    return this.transactions.page(
      `select ${COLUMNS} from payment_resolutions where ${OWNED} and ($3::text[] is null or action = any($3))
         and ($4::timestamptz is null or created_at >= $4) and ($5::timestamptz is null or created_at < $5) ${keysetClause(page, SORTS, values)}`,
      values,
    );
  }
}
