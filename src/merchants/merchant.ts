import type { Network } from '../common/network';

/** The business that gets paid, with its rules for money that does not fit. */
export interface Merchant {
  readonly id: string;
  readonly name: string;
  readonly defaultNetwork: Network;
  /** Basis points of the total that may be missing. */
  readonly toleranceBp: number;
  readonly lateGraceSeconds: number;
  /** Name of the IANA database: where a due date ends. */
  readonly timeZone: string;
  /** Its name in the addresses of its pages; null until it needs one. */
  readonly handle: string | null;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
