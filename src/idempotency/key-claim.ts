/** Whose key it is. */
export interface KeyIdentity {
  readonly merchantId: string;
  /** What the credentials reach: a network, every network, or for callers without credentials their address. */
  readonly scope: string;
  readonly key: string;
}

export interface KeyClaim extends KeyIdentity {
  readonly fingerprint: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}
