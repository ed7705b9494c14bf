import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Role } from '../common/principal';
import { Merchant } from './merchant.entity';

export const MEMBER_STATUSES = ['invited', 'active'] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

/** A wallet with a role in a merchant. */
@Entity('members')
@Check('members_wallet_check', `wallet ~ '^G[A-Z2-7]{55}$'`)
@Check('members_role_check', `role in ('owner', 'admin', 'approver', 'viewer')`)
@Check('members_status_check', `status in ('invited', 'active')`)
@Index('members_in_order', ['merchantId', 'createdAt', 'id'])
@Index('members_wallet', ['wallet'])
@Unique('members_wallet_unique', ['merchantId', 'wallet'])
@ForeignKey(() => Merchant, ['merchantId'], ['id'], { name: 'members_merchant_id_fkey' })
export class Member {
  @PrimaryColumn('uuid', { name: 'merchant_id' }) merchantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') wallet: string;
  @Column('text') role: Role;
  /** Invited: named by the merchant, not yet accepted by the wallet. */
  @Column('text', { default: 'active' }) status: MemberStatus;
  @Column('bigint', { default: 1 }) version: bigint;
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 }) createdAt: Date;
}
