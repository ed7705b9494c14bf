import type { Network } from './network';

/** Whose something is, and where it lies: one merchant's, on one network or, where that is null, on any. */
export interface Tenant {
  readonly merchantId: string;
  readonly network: Network | null;
}
