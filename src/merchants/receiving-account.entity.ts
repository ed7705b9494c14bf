import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Network } from '../common/network';
import { Merchant } from './merchant.entity';

/** An account whose incoming money belongs to a merchant. Two merchants may name the same address. */
@Entity('receiving_accounts')
@Check('receiving_accounts_address_check', `address ~ '^G[A-Z2-7]{55}$'`)
@Unique('receiving_accounts_address_unique', ['merchantId', 'network', 'address'])
@Index('receiving_accounts_in_order', ['merchantId', 'createdAt', 'id'])
@Index('receiving_accounts_watch', ['network', 'address'])
@ForeignKey(() => Merchant, ['merchantId'], ['id'], { name: 'receiving_accounts_merchant_id_fkey' })
export class ReceivingAccount {
  @PrimaryColumn('uuid', { name: 'merchant_id' }) merchantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') network: Network;
  @Column('text') address: string;
  @Column('boolean', { name: 'is_default' }) isDefault: boolean;
  @Column('bigint', { default: 1 }) version: bigint;
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 }) createdAt: Date;
}
