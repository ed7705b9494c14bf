import type { Network } from '../common/network';
import type { Scope } from '../common/principal';

/** An API key, or a client key with its secret. The secret itself is shown once and kept nowhere. */
export interface Credential {
  readonly id: string;
  readonly merchantId: string;
  readonly kind: 'api_key' | 'client_key';
  /** The start of an API key, the whole of a client key. */
  readonly publicPart: string;
  readonly secretDigest: Buffer;
  readonly label: string;
  readonly network: Network;
  readonly scopes: Scope[];
  /** The wallet of the member who issued it, directly or by another key; null for the operator. The maker of something may not approve it. */
  readonly issuedBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}
