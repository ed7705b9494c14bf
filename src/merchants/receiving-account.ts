import type { Network } from '../common/network';

/** An account whose incoming money belongs to a merchant. Two merchants may name the same address. */
export interface ReceivingAccount {
  readonly merchantId: string;
  readonly id: string;
  readonly network: Network;
  readonly address: string;
  readonly isDefault: boolean;
  readonly version: bigint;
  readonly createdAt: Date;
}
