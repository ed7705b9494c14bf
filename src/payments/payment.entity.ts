import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Network } from '../common/network';
import { Invoice } from '../invoices/invoice.entity';
import type { CreditKind } from '../stellar/ledger-source';
import type { Outcome } from './payment-matcher';

/** A credit seen on the ledger. Its identity is the ledger's: network, operation id, balance change. */
@Entity('payments')
@Index('payments_invoice', ['merchantId', 'invoiceId', 'operationId'])
@Index('payments_newest', { synchronize: false })
@Index('payments_by_transaction', ['merchantId', 'transactionHash'])
@Index('payments_by_id', ['merchantId', 'id'])
@Check('payments_applied_has_invoice', `disposition <> 'applied' or invoice_id is not null`)
@Check('payments_disposition_check', `disposition in ('applied', 'suspense')`)
@Check('payments_muxed_id_check', 'muxed_id >= 0')
@Check('payments_amount_check', 'amount > 0')
@ForeignKey(() => Invoice, ['merchantId', 'invoiceId'], ['merchantId', 'id'], { name: 'payments_merchant_id_invoice_id_fkey' })
export class Payment {
  @PrimaryColumn('text') network: Network;
  @PrimaryColumn('bigint', { name: 'operation_id' }) operationId: bigint;
  @PrimaryColumn('integer', { name: 'change_index' }) changeIndex: number;
  @Column('uuid') id: string;
  @Column('uuid', { name: 'merchant_id', nullable: true }) merchantId: string | null;
  @Column('uuid', { name: 'invoice_id', nullable: true }) invoiceId: string | null;
  @Column('text') disposition: 'applied' | 'suspense';
  @Column('text') outcome: Outcome;
  @Column('text') kind: CreditKind;
  @Column('text') account: string;
  @Column('numeric', { name: 'muxed_id', precision: 20, nullable: true }) muxedId: string | null;
  @Column('text', { name: 'from_address' }) fromAddress: string;
  @Column('text', { name: 'asset_code' }) assetCode: string;
  @Column('text', { name: 'asset_issuer', nullable: true }) assetIssuer: string | null;
  @Column('bigint') amount: bigint;
  @Column('text', { name: 'memo_type' }) memoType: string;
  @Column('bytea') memo: Buffer;
  @Column('text', { name: 'transaction_hash' }) transactionHash: string;
  @Column('integer') ledger: number;
  @Column('timestamp with time zone', { name: 'closed_at', precision: 3 }) closedAt: Date;
  @Column('timestamp with time zone', { name: 'recorded_at', precision: 3 }) recordedAt: Date;
}
