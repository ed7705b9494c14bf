import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Merchant } from '../merchants/merchant.entity';

/** Somebody a merchant bills again and again; one per e-mail address, whatever its case. */
@Entity('customers')
@Check('customers_name_check', `char_length(name) between 1 and 200`)
@Check('customers_email_check', `char_length(email) <= 320`)
@Check('customers_company_check', `char_length(company) <= 200`)
@Check('customers_address_check', `char_length(address) <= 500`)
@Check('customers_erased_check', `case when erased_at is null then email is not null else num_nonnulls(email, company, address) = 0 end`)
@Index('customers_in_order', ['merchantId', 'createdAt', 'id'])
@Index('customers_email_unique', { synchronize: false })
@ForeignKey(() => Merchant, ['merchantId'], ['id'], { name: 'customers_merchant_id_fkey' })
export class Customer {
  @PrimaryColumn('uuid', { name: 'merchant_id' }) merchantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  /** Null once erased. */
  @Column('text', { nullable: true }) email: string | null;
  @Column('text', { nullable: true }) company: string | null;
  @Column('text', { nullable: true }) address: string | null;
  @Column('boolean', { name: 'is_favorite', default: false }) isFavorite: boolean;
  @Column('bigint', { default: 1 }) version: bigint;
  @Column('timestamp with time zone', { name: 'erased_at', precision: 3, nullable: true }) erasedAt: Date | null;
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 }) createdAt: Date;
  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 }) updatedAt: Date;
}
