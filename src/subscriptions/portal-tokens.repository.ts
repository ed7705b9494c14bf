import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';

export interface TokenOwner {
  readonly merchantId: string;
  readonly subscriptionId: string;
}

@Injectable()
export class PortalTokensRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(
    { merchantId, subscriptionId }: TokenOwner,
    digest: Buffer,
    expiresAt: Date | null,
    at: Date,
  ): Promise<void> {
    await this.transactions.affected(
      'insert into subscription_tokens (merchant_id, digest, subscription_id, expires_at, created_at) values ($1, $2, $3, $4, $5)',
      [merchantId, digest, subscriptionId, expiresAt, at],
    );
  }

  async revokeAll({ merchantId, subscriptionId }: TokenOwner, at: Date): Promise<void> {
    await this.transactions.affected(
      'update subscription_tokens set revoked_at = $3 where merchant_id = $1 and subscription_id = $2 and revoked_at is null',
      [merchantId, subscriptionId, at],
    );
  }

  /** Any holder of a token may look: it carries 160 random bits. */
  async find(digest: Buffer, now: Date): Promise<TokenOwner | null> {
    const [row] = await this.transactions.rows<TokenOwner>(
      'select merchant_id as "merchantId", subscription_id as "subscriptionId" from subscription_tokens where digest = $1 and revoked_at is null and (expires_at is null or expires_at > $2)',
      [digest, now],
    );
    return row ?? null;
  }
}
