import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { Role } from './principal';

interface LiveSession {
  readonly merchantId: string;
  readonly wallet: string;
  /** As it is now, not as it was when the session began. */
  readonly role: Role;
}

interface NewSession {
  readonly digest: Buffer;
  readonly merchantId: string;
  readonly memberId: string;
  readonly wallet: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const INSERT = `insert into sessions (digest, merchant_id, member_id, wallet, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)`;
const FIND_LIVE = `
  select s.merchant_id as "merchantId", s.wallet, m.role
  from sessions s join members m on m.merchant_id = s.merchant_id and m.id = s.member_id
  where s.digest = $1 and s.revoked_at is null and s.expires_at > $2`;
const REVOKE = `update sessions set revoked_at = $2 where digest = $1 and revoked_at is null`;
const DELETE_EXPIRED = `delete from sessions where expires_at < $1`;

@Injectable()
export class SessionsRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(session: NewSession): Promise<void> {
    const { digest, merchantId, memberId, wallet, createdAt, expiresAt } = session;
    await this.transactions.affected(INSERT, [digest, merchantId, memberId, wallet, createdAt, expiresAt]);
  }

  async findLive(digest: Buffer, now: Date): Promise<LiveSession | null> {
    const [row] = await this.transactions.rows<LiveSession>(FIND_LIVE, [digest, now]);
    return row ?? null;
  }

  async revoke(digest: Buffer, now: Date): Promise<void> {
    await this.transactions.affected(REVOKE, [digest, now]);
  }

  deleteExpired(before: Date): Promise<number> {
    return this.transactions.affected(DELETE_EXPIRED, [before]);
  }
}
