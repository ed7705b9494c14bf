import type { Role } from '../common/principal';

export const MEMBER_STATUSES = ['invited', 'active'] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

/** What a member may be written to about. */
export const MAIL_OCCASIONS = ['paid', 'held', 'failed'] as const;
export type MailOccasion = (typeof MAIL_OCCASIONS)[number];

/** A wallet with a role in a merchant. */
export interface Member {
  readonly merchantId: string;
  readonly id: string;
  readonly wallet: string;
  readonly role: Role;
  /** Invited: named by the merchant, not yet accepted by the wallet. */
  readonly status: MemberStatus;
  /** Where the member is written to, and about what; nobody has proved the address. */
  readonly email: string | null;
  readonly mailOn: readonly MailOccasion[];
  readonly version: bigint;
  readonly createdAt: Date;
}
