import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';

interface Challenge {
  /** SHA-256 of the nonce, or the hash of the challenge transaction. */
  readonly digest: Buffer;
  readonly kind: 'message' | 'sep10';
  readonly wallet: string;
  readonly message: string;
  readonly expiresAt: Date;
}

const INSERT = `insert into auth_challenges (digest, kind, wallet, message, expires_at) values ($1, $2, $3, $4, $5)`;
const FIND_OPEN_MESSAGE = `
  select message from auth_challenges
  where digest = $1 and kind = 'message' and wallet = $2 and used_at is null and expires_at > $3`;
const CLAIM = `
  update auth_challenges set used_at = $4
  where digest = $1 and kind = $2 and wallet = $3 and used_at is null and expires_at > $4`;
const DELETE_EXPIRED = `delete from auth_challenges where digest in (select digest from auth_challenges where expires_at < $1 limit $2 for update skip locked)`;

@Injectable()
export class ChallengesRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(challenge: Challenge): Promise<void> {
    const { digest, kind, wallet, message, expiresAt } = challenge;
    await this.transactions.affected(INSERT, [digest, kind, wallet, message, expiresAt]);
  }

  async findOpenMessage(digest: Buffer, wallet: string, now: Date): Promise<string | null> {
    const [row] = await this.transactions.rows<{ message: string }>(FIND_OPEN_MESSAGE, [digest, wallet, now]);
    return row?.message ?? null;
  }

  /** True for exactly one caller, however many try at once: the row count of one UPDATE decides. */
  async claim(digest: Buffer, kind: Challenge['kind'], wallet: string, now: Date): Promise<boolean> {
    return (await this.transactions.affected(CLAIM, [digest, kind, wallet, now])) === 1;
  }

  deleteExpired(before: Date, limit: number): Promise<number> {
    return this.transactions.affected(DELETE_EXPIRED, [before, limit]);
  }
}
