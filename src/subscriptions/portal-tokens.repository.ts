import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';

export interface TokenOwner {
  readonly merchantId: string;
  readonly subscriptionId: string;
}

export interface NewToken {
  readonly subscriptionId: string;
  readonly digest: Buffer;
  readonly expiresAt: Date | null;
}

const OWNERS = 'unnest($1::uuid[], $2::uuid[]) as k (merchant_id, subscription_id)';
const OF_OWNER = 't.merchant_id = k.merchant_id and t.subscription_id = k.subscription_id and t.revoked_at is null';

@Injectable()
export class PortalTokensRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Those that are there already work until then. */
  async insert(merchantId: string, tokens: readonly NewToken[], at: Date): Promise<void> {
    await this.transactions.affected(
      `insert into subscription_tokens (merchant_id, digest, subscription_id, expires_at, created_at)
       select $1, k.digest, k.subscription_id, k.expires_at, $5 from unnest($2::bytea[], $3::uuid[], $4::timestamptz[]) as k (digest, subscription_id, expires_at)
       on conflict (merchant_id, digest) do update set expires_at = excluded.expires_at`,
      [
        merchantId,
        tokens.map(({ digest }) => digest),
        tokens.map(({ subscriptionId }) => subscriptionId),
        tokens.map(({ expiresAt }) => expiresAt),
        at,
      ],
    );
  }

  /** Whether the merchant has ended the keys of a subscription once. Nobody does until the caller's transaction ends. */
  async isRevoked({ merchantId, subscriptionId }: TokenOwner): Promise<boolean> {
    const rows = await this.transactions.rows<{ readonly revokedAt: Date | null }>(
      'select keys_revoked_at as "revokedAt" from subscriptions where merchant_id = $1 and id = $2 for share',
      [merchantId, subscriptionId],
    );
    return rows.some(({ revokedAt }) => revokedAt !== null);
  }

  async revokeAll({ merchantId, subscriptionId }: TokenOwner, at: Date): Promise<void> {
    await this.transactions.affected(
      'update subscriptions set keys_revoked_at = $3 where merchant_id = $1 and id = $2',
      [merchantId, subscriptionId, at],
    );
    await this.transactions.affected(
      'update subscription_tokens set revoked_at = $3 where merchant_id = $1 and subscription_id = $2 and revoked_at is null',
      [merchantId, subscriptionId, at],
    );
  }

  /** Keys without an end get one. */
  async end(owners: readonly TokenOwner[], expiresAt: Date): Promise<void> {
    await this.transactions.affected(
      `update subscription_tokens t set expires_at = $3 from ${OWNERS} where ${OF_OWNER} and t.expires_at is null`,
      [...columnsOf(owners), expiresAt],
    );
  }

  /** Keys that work still have no end any more. */
  async keep(owners: readonly TokenOwner[], now: Date): Promise<void> {
    await this.transactions.affected(
      `update subscription_tokens t set expires_at = null from ${OWNERS} where ${OF_OWNER} and t.expires_at > $3`,
      [...columnsOf(owners), now],
    );
  }

  /** At most `limit` keys that work no more. Returns how many went. */
  deleteEnded(before: Date, limit: number): Promise<number> {
    return this.transactions.affected(
      `with ended as (
         select t.merchant_id, t.digest from subscription_tokens t
         where (t.expires_at is not null or t.revoked_at is not null) and least(t.expires_at, t.revoked_at) < $1
         limit $2
       )
       delete from subscription_tokens t using ended where t.merchant_id = ended.merchant_id and t.digest = ended.digest`,
      [before, limit],
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

function columnsOf(owners: readonly TokenOwner[]): unknown[] {
  return [owners.map(({ merchantId }) => merchantId), owners.map(({ subscriptionId }) => subscriptionId)];
}
