import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Network } from '../common/network';
import { Invoice } from '../invoices/invoice.entity';
import type { LinkStatus } from './link-states';

/**
 * A shareable request to pay. A standard link is single use. Priced in an asset it has its invoice from birth and
 * shares its public id; priced in fiat it gets one when a payer chooses an asset. Null terms are its invoice's.
 */
@Entity('payment_links')
@Index('payment_links_newest', { synchronize: false })
@Index('payment_links_due', { synchronize: false })
@Index('payment_links_by_public_id', ['publicId'])
@Unique('payment_links_public_id_unique', ['merchantId', 'publicId'])
@Unique('payment_links_invoice_unique', ['merchantId', 'invoiceId'])
@Unique('payment_links_reference_unique', ['merchantId', 'network', 'reference'])
@Check('payment_links_kind_check', `kind in ('standard')`)
@Check('payment_links_status_check', `status in ('active', 'inactive', 'completed', 'expired', 'cancelled')`)
@Check('payment_links_direction_check', `direction in ('invoice', 'payout')`)
@Check('payment_links_title_check', 'char_length(title) between 1 and 300')
@Check('payment_links_description_check', 'char_length(description) <= 2000')
@Check('payment_links_amount_check', 'amount > 0')
@Check('payment_links_scale_check', 'scale between 0 and 7')
@Check('payment_links_reference_check', 'char_length(reference) between 1 and 255')
@Check('payment_links_terms_check', 'invoice_id is not null or num_nulls(amount, scale, currency, expires_at, created_by) = 0')
@ForeignKey(() => Invoice, ['merchantId', 'invoiceId'], ['merchantId', 'id'], { name: 'payment_links_merchant_id_invoice_id_fkey' })
export class Link {
  @PrimaryColumn('uuid', { name: 'merchant_id' }) merchantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text', { name: 'public_id' }) publicId: string;
  @Column('text') kind: 'standard';
  @Column('text') status: LinkStatus;
  @Column('text') network: Network;
  @Column('uuid', { name: 'invoice_id', nullable: true }) invoiceId: string | null;
  @Column('text', { default: 'invoice' }) direction: 'invoice' | 'payout';
  @Column('text', { nullable: true }) title: string | null;
  @Column('text', { nullable: true }) description: string | null;
  @Column('bigint', { nullable: true }) amount: bigint | null;
  @Column('smallint', { nullable: true }) scale: number | null;
  @Column('text', { nullable: true }) currency: string | null;
  @Column('text', { name: 'account_currency', nullable: true }) accountCurrency: string | null;
  @Column('text', { name: 'pay_currencies', array: true, nullable: true }) payCurrencies: string[] | null;
  @Column('text', { name: 'payment_methods', array: true, nullable: true }) paymentMethods: string[] | null;
  @Column('text', { nullable: true }) reference: string | null;
  @Column('text', { name: 'success_redirect_url', nullable: true }) successRedirectUrl: string | null;
  @Column('text', { name: 'unsuccess_redirect_url', nullable: true }) unsuccessRedirectUrl: string | null;
  @Column('jsonb', { nullable: true }) metadata: Record<string, string> | null;
  @Column('timestamp with time zone', { name: 'expires_at', precision: 3, nullable: true }) expiresAt: Date | null;
  @Column('text', { name: 'created_by', nullable: true }) createdBy: string | null;
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 }) createdAt: Date;
  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 }) updatedAt: Date;
}
