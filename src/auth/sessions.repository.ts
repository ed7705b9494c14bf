import { Injectable } from '@nestjs/common';
import { SharedStatement } from '../database/shared-statement';
import { Transactions } from '../database/transactions';
import type { Role } from '../common/principal';

interface LiveSession {
  readonly merchantId: string;
  readonly wallet: string;
  /** As it is now, not as it was when the session began. */
  readonly role: Role;
  readonly expiresAt: Date;
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
  select s.merchant_id as "merchantId", s.wallet, m.role, s.expires_at as "expiresAt", encode(s.digest, 'hex') as hex
  from sessions s join members m on m.merchant_id = s.merchant_id and m.id = s.member_id
  where s.digest = any($1::bytea[]) and s.revoked_at is null`;
const REVOKE = `update sessions set revoked_at = $2 where digest = $1 and revoked_at is null`;
const DELETE_EXPIRED = `delete from sessions where digest in (select digest from sessions where expires_at < $1 limit $2 for update skip locked)`;

@Injectable()
export class SessionsRepository {
  /** Asked by the digest in hex. */
  private readonly live = new SharedStatement((digests: readonly string[]) => this.findEach(digests));

  constructor(private readonly transactions: Transactions) {}

  async insert(session: NewSession): Promise<void> {
    const { digest, merchantId, memberId, wallet, createdAt, expiresAt } = session;
    await this.transactions.affected(INSERT, [digest, merchantId, memberId, wallet, createdAt, expiresAt]);
  }

  async findLive(digest: Buffer, now: Date): Promise<LiveSession | null> {
    const found = await this.live.ask(digest.toString('hex'));
    return found === undefined || found.expiresAt <= now ? null : found;
  }

  async revoke(digest: Buffer, now: Date): Promise<void> {
    await this.transactions.affected(REVOKE, [digest, now]);
  }

  deleteExpired(before: Date, limit: number): Promise<number> {
    return this.transactions.affected(DELETE_EXPIRED, [before, limit]);
  }

  private async findEach(digests: readonly string[]): Promise<(LiveSession | undefined)[]> {
    const rows = await this.transactions.rows<LiveSession & { hex: string }>(FIND_LIVE, [
      [...new Set(digests)].map((hex) => Buffer.from(hex, 'hex')),
    ]);
    const found = new Map(rows.map((row) => [row.hex, row]));
    return digests.map((hex) => found.get(hex));
  }
}
