import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import type { Role } from '../auth/principal';
import { Merchant } from './merchant.entity';

/** A wallet with a role in a merchant. */
@Entity('members')
@Check('members_wallet_check', `wallet ~ '^G[A-Z2-7]{55}$'`)
@Check('members_role_check', `role in ('owner', 'admin', 'approver', 'viewer')`)
@Unique('members_wallet_unique', ['merchantId', 'wallet'])
@ForeignKey(() => Merchant, ['merchantId'], ['id'], { name: 'members_merchant_id_fkey' })
export class Member {
  @PrimaryColumn('uuid', { name: 'merchant_id' }) merchantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') wallet: string;
  @Column('text') role: Role;
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 }) createdAt: Date;
}
