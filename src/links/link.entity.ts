import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Network } from '../common/network';
import { Invoice } from '../invoices/invoice.entity';
import type { LinkStatus } from './link-states';

/** A shareable request to pay. A standard link is single use: it has one invoice from birth and shares its public id. */
@Entity('payment_links')
@Index('payment_links_newest', { synchronize: false })
@Unique('payment_links_public_id_unique', ['merchantId', 'publicId'])
@Unique('payment_links_invoice_unique', ['merchantId', 'invoiceId'])
@Check('payment_links_kind_check', `kind in ('standard')`)
@Check('payment_links_status_check', `status in ('active', 'inactive', 'completed', 'expired', 'cancelled')`)
@ForeignKey(() => Invoice, ['merchantId', 'invoiceId'], ['merchantId', 'id'], { name: 'payment_links_merchant_id_invoice_id_fkey' })
export class Link {
  @PrimaryColumn('uuid', { name: 'merchant_id' }) merchantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text', { name: 'public_id' }) publicId: string;
  @Column('text') kind: 'standard';
  @Column('text') status: LinkStatus;
  @Column('text') network: Network;
  @Column('uuid', { name: 'invoice_id' }) invoiceId: string;
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 }) createdAt: Date;
  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 }) updatedAt: Date;
}
