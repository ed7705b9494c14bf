import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Network } from '../common/network';
import { Invoice } from '../invoices/invoice.entity';
import type { LinkKind } from './link-kinds';
import type { LinkStatus } from './link-states';

/**
 * A shareable request to pay. A standard link is single use: with a fixed price in an asset it has its invoice from
 * birth and shares its public id, otherwise it gets one when a payer has chosen. Other
 * kinds open an invoice for every checkout and count the slots of their limit.
 */
@Entity('payment_links')
@Index('payment_links_newest', { synchronize: false })
@Index('payment_links_due', { synchronize: false })
@Index('payment_links_by_public_id', ['publicId'])
@Unique('payment_links_public_id_unique', ['merchantId', 'publicId'])
@Unique('payment_links_invoice_unique', ['merchantId', 'invoiceId'])
@Unique('payment_links_reference_unique', ['merchantId', 'network', 'reference'])
@Check('payment_links_kind_check', `kind in ('standard', 'product', 'donation')`)
@Check('payment_links_status_check', `status in ('active', 'inactive', 'completed', 'expired', 'cancelled')`)
@Check('payment_links_direction_check', `direction in ('invoice', 'payout')`)
@Check('payment_links_title_check', 'char_length(title) between 1 and 300')
@Check('payment_links_description_check', 'char_length(description) <= 2000')
@Check('payment_links_amount_check', 'amount > 0')
@Check('payment_links_scale_check', 'scale between 0 and 7')
@Check('payment_links_reference_check', 'char_length(reference) between 1 and 255')
@Check('payment_links_terms_check', 'invoice_id is not null or expires_at is not null')
@Check('payment_links_price_check', `num_nonnulls(amount, minimum) = case when kind = 'product' then 0 else 1 end`)
@Check('payment_links_open_amount_check', 'num_nulls(minimum, maximum, presets) = 3 or (num_nulls(minimum, maximum, presets) = 0 and minimum > 0 and minimum <= maximum)')
@Check('payment_links_quantity_check', `max_quantity is null or (max_quantity between 2 and 1000 and kind <> 'standard' and minimum is null)`)
@Check('payment_links_limit_check', `payments_made between 0 and slots_used and payments_over_limit >= 0 and (max_payments is null or (kind <> 'standard' and max_payments >= 1 and slots_used <= max_payments))`)
@ForeignKey(() => Invoice, ['merchantId', 'invoiceId'], ['merchantId', 'id'], { name: 'payment_links_merchant_id_invoice_id_fkey' })
export class Link {
  @PrimaryColumn('uuid', { name: 'merchant_id' }) merchantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text', { name: 'public_id' }) publicId: string;
  @Column('text') kind: LinkKind;
  @Column('text') status: LinkStatus;
  @Column('text') network: Network;
  @Column('uuid', { name: 'invoice_id', nullable: true }) invoiceId: string | null;
  @Column('text', { default: 'invoice' }) direction: 'invoice' | 'payout';
  @Column('text', { nullable: true }) title: string | null;
  @Column('text', { nullable: true }) description: string | null;
  @Column('bigint', { nullable: true }) amount: bigint | null;
  @Column('smallint') scale: number;
  /** Bounds and offers of an open amount. */
  @Column('bigint', { nullable: true }) minimum: bigint | null;
  @Column('bigint', { nullable: true }) maximum: bigint | null;
  @Column('bigint', { array: true, nullable: true }) presets: bigint[] | null;
  @Column('integer', { name: 'max_payments', nullable: true }) maxPayments: number | null;
  @Column('integer', { name: 'max_quantity', nullable: true }) maxQuantity: number | null;
  @Column('text') currency: string;
  @Column('text', { name: 'account_currency', nullable: true }) accountCurrency: string | null;
  @Column('text', { name: 'pay_currencies', array: true, nullable: true }) payCurrencies: string[] | null;
  @Column('text', { name: 'payment_methods', array: true }) paymentMethods: string[];
  @Column('text', { nullable: true }) reference: string | null;
  @Column('text', { name: 'success_redirect_url', nullable: true }) successRedirectUrl: string | null;
  @Column('text', { name: 'unsuccess_redirect_url', nullable: true }) unsuccessRedirectUrl: string | null;
  @Column('jsonb') metadata: Record<string, string>;
  @Column('timestamp with time zone', { name: 'expires_at', precision: 3, nullable: true }) expiresAt: Date | null;
  /** Invoices of a reusable link that may still be paid, and those that were paid within its limit; read as a number, which holds 2^53. */
  @Column('bigint', { name: 'slots_used', default: 0 }) slotsUsed: number;
  @Column('bigint', { name: 'payments_made', default: 0 }) paymentsMade: number;
  @Column('bigint', { name: 'payments_over_limit', default: 0 }) paymentsOverLimit: number;
  @Column('bigint', { default: 1 }) version: bigint;
  @Column('text', { name: 'created_by' }) createdBy: string;
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 }) createdAt: Date;
  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 }) updatedAt: Date;
}
