import { Injectable } from '@nestjs/common';
import type { Role } from '../common/principal';
import { CREATION_COLUMNS, type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { Member, MemberStatus } from './member';

export interface MemberFilter {
  readonly role?: readonly Role[];
  readonly status?: readonly MemberStatus[];
}

/** What may be changed of a member. */
export type MemberFacts = Pick<Member, 'role' | 'email' | 'mailOn'>;

export type NewMember = Pick<Member, 'merchantId' | 'id' | 'wallet' | 'role' | 'createdAt'>;

const COLUMNS = `merchant_id as "merchantId", id, wallet, role, status, email, mail_on as "mailOn", version, created_at as "createdAt"`;

/** Where a wallet belongs that is let go by one merchant: its own merchant first. */
const OTHER_HOME = `
  select m.merchant_id as "merchantId", m.id from members m join wallets w on w.address = m.wallet
  where w.merchant_id = $1 and w.member_id = $2 and m.status = 'active' and (m.merchant_id, m.id) <> ($1::uuid, $2::uuid)
  order by m.role = 'owner' desc, m.created_at, m.id limit 1`;
const STAYS = `select from members where merchant_id = $1 and id = $2 and status = 'active' for key share`;
const SEND_HOME = 'update wallets set merchant_id = $3, member_id = $4 where merchant_id = $1 and member_id = $2';
const LET_GO = 'delete from wallets where merchant_id = $1 and member_id = $2';
/** Its sessions end with it. A session that begins at this moment opens nothing, because its wallet is not a member. */
const DELETE = `
  with ended as (delete from sessions where merchant_id = $1 and member_id = $2)
  delete from members where merchant_id = $1 and id = $2`;

@Injectable()
export class MembersRepository {
  constructor(private readonly transactions: Transactions) {}

  list(merchantId: string, filter: MemberFilter, page: Keyset): Promise<Member[]> {
    const values: unknown[] = [merchantId, filter.role ?? null, filter.status ?? null];
    return this.transactions.page(
      `select ${COLUMNS} from members where merchant_id = $1 and ($2::text[] is null or role = any($2)) and ($3::text[] is null or status = any($3))
       ${keysetClause(page, CREATION_COLUMNS, values)}`,
      values,
    );
  }

  async find(merchantId: string, id: string): Promise<Member | null> {
    const [row] = await this.transactions.rows<Member>(
      `select ${COLUMNS} from members where merchant_id = $1 and id = $2`,
      [merchantId, id],
    );
    return row ?? null;
  }

  async findActiveByWallet(merchantId: string, wallet: string): Promise<Member | null> {
    const [row] = await this.transactions.rows<Member>(
      `select ${COLUMNS} from members where merchant_id = $1 and wallet = $2 and status = 'active'`,
      [merchantId, wallet],
    );
    return row ?? null;
  }

  /** Found by the wallet alone: the caller belongs to another merchant as yet. The invitation may be gone when `lockInvitation` looks. */
  async findInviter(wallet: string, id: string): Promise<string | null> {
    const [row] = await this.transactions.rows<{ merchantId: string }>(
      `select merchant_id as "merchantId" from members where id = $2 and wallet = $1 and status = 'invited'`,
      [wallet, id],
    );
    return row?.merchantId ?? null;
  }

  async lockInvitation(merchantId: string, wallet: string, id: string): Promise<Member | null> {
    const [row] = await this.transactions.rows<Member>(
      `select ${COLUMNS} from members where merchant_id = $1 and id = $3 and wallet = $2 and status = 'invited' for update`,
      [merchantId, wallet, id],
    );
    return row ?? null;
  }

  async countOwners(merchantId: string): Promise<number> {
    const [row] = await this.transactions.rows<{ count: bigint }>(
      `select count(*) as count from members where merchant_id = $1 and role = 'owner' and status = 'active'`,
      [merchantId],
    );
    return Number(row?.count ?? 0n);
  }

  async insertInvitation({ merchantId, id, wallet, role, createdAt }: NewMember): Promise<Member> {
    const [row] = await this.transactions.rows<Member>(
      `insert into members (merchant_id, id, wallet, role, status, created_at) values ($1, $2, $3, $4, 'invited', $5) returning ${COLUMNS}`,
      [merchantId, id, wallet, role, createdAt],
    );
    return row as Member;
  }

  /** The wallet opens this merchant from its next sign-in on. */
  async activate({ merchantId, id, wallet }: Member): Promise<Member> {
    const [row] = await this.transactions.rows<Member>(
      `update members set status = 'active', version = version + 1 where merchant_id = $1 and id = $2 returning ${COLUMNS}`,
      [merchantId, id],
    );
    await this.transactions.affected(
      `insert into wallets (address, merchant_id, member_id) values ($1, $2, $3)
       on conflict (address) do update set merchant_id = excluded.merchant_id, member_id = excluded.member_id`,
      [wallet, merchantId, id],
    );
    return row as Member;
  }

  async update(merchantId: string, id: string, { role, email, mailOn }: MemberFacts): Promise<Member> {
    const [row] = await this.transactions.rows<Member>(
      `update members set role = $3, email = $4, mail_on = $5, version = version + 1 where merchant_id = $1 and id = $2 returning ${COLUMNS}`,
      [merchantId, id, role, email, mailOn],
    );
    return row as Member;
  }

  /**
   * A wallet that is let go opens its own merchant again, or a new one at its next sign-in. No key ties directory and members, so
   * the member's row is held before its wallet's merchant is looked up, and so is the member to whom it is sent.
   */
  async delete({ merchantId, id }: Member): Promise<void> {
    await this.transactions.rows('select from members where merchant_id = $1 and id = $2 for update', [merchantId, id]);
    const [home] = await this.transactions.rows<{ merchantId: string; id: string }>(OTHER_HOME, [merchantId, id]);
    const stays =
      home !== undefined && (await this.transactions.affected(STAYS, [home.merchantId, home.id])) === 1 ? home : null;
    if (stays === null) await this.transactions.affected(LET_GO, [merchantId, id]);
    else await this.transactions.affected(SEND_HOME, [merchantId, id, stays.merchantId, stays.id]);
    await this.transactions.affected(DELETE, [merchantId, id]);
  }
}
