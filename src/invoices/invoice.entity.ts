import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Merchant } from '../merchants/merchant.entity';
import type { Network } from '../common/network';
import type { StoredTax } from './invoice-taxes';
import type { InvoiceStatus } from './invoice-states';

/** A line as it is stored: decimals as text, because JSON has no bigint. */
export interface StoredLine {
  readonly description: string;
  readonly quantity: string;
  readonly rate: string;
  readonly amount: string;
}

/** One debt by one payer. Amounts are stroops; `destination` and the asset are fixed at birth (A38). */
@Entity('invoices')
@Index('invoices_public_id', ['publicId'])
@Index('invoices_newest', { synchronize: false })
@Index('invoices_by_reference', ['merchantId', 'reference'], { where: 'reference is not null' })
@Index('invoices_due', { synchronize: false })
@Unique('invoices_number_unique', ['merchantId', 'number'])
@Check('invoices_paid_is_proven', `status <> 'PAID' or (paid_at is not null and paid_transaction is not null and received > 0)`)
@Check('invoices_status_check', `status in ('DRAFT', 'PENDING', 'PROCESSING', 'PAID', 'EXPIRED', 'FAILED', 'CANCELLED')`)
@Check('invoices_subtotal_check', 'subtotal >= 0')
@Check('invoices_tax_rate_check', 'tax_rate between 0 and 1000000')
@Check('invoices_tax_amount_check', 'tax_amount >= 0')
@Check('invoices_discount_check', 'discount >= 0')
@Check('invoices_total_check', 'total > 0')
@Check('invoices_scale_check', 'scale between 0 and 7')
@Check('invoices_received_check', 'received >= 0')
@Check('invoices_reference_number_check', 'reference_number > 0')
@Check('invoices_memo_check', 'octet_length(memo) between 1 and 28')
@ForeignKey(() => Merchant, ['merchantId'], ['id'], { name: 'invoices_merchant_id_fkey' })
export class Invoice {
  @PrimaryColumn('uuid', { name: 'merchant_id' }) merchantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text', { name: 'public_id' }) publicId: string;
  @Column('text') number: string;
  @Column('text') status: InvoiceStatus;
  @Column('text') network: Network;
  @Column('text') destination: string;
  @Column('text', { name: 'asset_code' }) assetCode: string;
  @Column('text', { name: 'asset_issuer', nullable: true }) assetIssuer: string | null;
  @Column('text') title: string;
  @Column('text', { nullable: true }) description: string | null;
  @Column('text', { nullable: true }) notes: string | null;
  @Column('text', { nullable: true }) reference: string | null;
  @Column('text', { name: 'client_name', nullable: true }) clientName: string | null;
  @Column('text', { name: 'client_email', nullable: true }) clientEmail: string | null;
  @Column('text', { name: 'client_company', nullable: true }) clientCompany: string | null;
  @Column('text', { name: 'client_address', nullable: true }) clientAddress: string | null;
  @Column('jsonb', { default: [] }) lines: StoredLine[];
  @Column('bigint') subtotal: bigint;
  @Column('integer', { name: 'tax_rate', nullable: true }) taxRate: number | null;
  @Column('jsonb', { default: [] }) taxes: StoredTax[];
  @Column('bigint', { name: 'tax_amount', default: 0 }) taxAmount: bigint;
  @Column('bigint', { default: 0 }) discount: bigint;
  @Column('bigint') total: bigint;
  @Column('smallint') scale: number;
  /** Whole, and without an end: what is paid in circles sums up beyond 64 bits. */
  @Column('numeric', { default: 0 }) received: bigint;
  @Column('integer', { name: 'tolerance_bp', default: 0 }) toleranceBp: number;
  @Column('integer', { name: 'late_grace_seconds', default: 86400 }) lateGraceSeconds: number;
  @Column('boolean', { name: 'activate_new_accounts', default: false }) activateNewAccounts: boolean;
  @Column('bigint', { name: 'reference_number' }) referenceNumber: bigint;
  @Column('text') memo: string;
  /** The last ledger we had read when the invoice was made; only on rows of earlier releases. */
  @Column('integer', { name: 'opened_ledger', nullable: true }) openedLedger: number | null;
  /** The newest ledger that had closed then, as the network's provider had told last; null before it told any, and on rows of earlier releases. */
  @Column('integer', { name: 'provider_ledger', nullable: true }) providerLedger: number | null;
  @Column('text', { name: 'created_by' }) createdBy: string;
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 }) createdAt: Date;
  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 }) updatedAt: Date;
  @Column('timestamp with time zone', { name: 'sent_at', precision: 3, nullable: true }) sentAt: Date | null;
  @Column('timestamp with time zone', { name: 'expires_at', precision: 3, nullable: true }) expiresAt: Date | null;
  @Column('timestamp with time zone', { name: 'closed_at', precision: 3, nullable: true }) closedAt: Date | null;
  @Column('timestamp with time zone', { name: 'deleted_at', precision: 3, nullable: true }) deletedAt: Date | null;
  @Column('timestamp with time zone', { name: 'paid_at', precision: 3, nullable: true }) paidAt: Date | null;
  @Column('text', { name: 'paid_transaction', nullable: true }) paidTransaction: string | null;
  @Column('integer', { name: 'paid_ledger', nullable: true }) paidLedger: number | null;
  @Column('text', { name: 'payer_wallet', nullable: true }) payerWallet: string | null;
  @Column('bigint', { default: 1 }) version: bigint;
}
