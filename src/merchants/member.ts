import type { Role } from '../common/principal';

export const MEMBER_STATUSES = ['invited', 'active'] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

/** A wallet with a role in a merchant. */
export interface Member {
  readonly merchantId: string;
  readonly id: string;
  readonly wallet: string;
  readonly role: Role;
  /** Invited: named by the merchant, not yet accepted by the wallet. */
  readonly status: MemberStatus;
  readonly version: bigint;
  readonly createdAt: Date;
}
