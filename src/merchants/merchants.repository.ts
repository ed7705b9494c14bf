import { Injectable } from '@nestjs/common';
import type { Role } from '../common/principal';
import type { Network } from '../common/network';
import type { TillRow } from '../common/till';
import { Transactions } from '../database/transactions';
import type { Merchant } from './merchant';
import { tillLookup } from './till-lookup';

/** Which merchant a wallet opens when it signs in, and as which member. */
export interface Membership {
  readonly merchantId: string;
  readonly memberId: string;
  readonly role: Role;
}

interface NewMerchant {
  readonly merchantId: string;
  readonly memberId: string;
  readonly name: string;
  readonly wallet: string;
  readonly networks: readonly Network[];
  /** One id per network. */
  readonly accountIds: readonly string[];
  readonly createdAt: Date;
}

const FIND_BY_WALLET = `
  select w.merchant_id as "merchantId", w.member_id as "memberId", m.role
  from wallets w join members m on m.merchant_id = w.merchant_id and m.id = w.member_id
  where w.address = $1`;

// The directory row decides: the caller that inserts it makes the merchant, all others insert nothing at all. One
// statement, so that the loser has nothing to undo in the transaction around it, and no row of the directory leads
// to a member that does not exist.
const OPEN = `
  with opened as (
    insert into wallets (address, merchant_id, member_id) values ($1, $2, $3)
    on conflict (address) do nothing
    returning merchant_id, member_id
  ), merchant as (
    insert into merchants (id, name, default_network, created_at, updated_at)
    select merchant_id, $4, ($5::text[])[1], $7, $7 from opened
  ), member as (
    insert into members (merchant_id, id, wallet, role, created_at)
    select merchant_id, member_id, $1, 'owner', $7 from opened
  ), account as (
    insert into receiving_accounts (merchant_id, id, network, address, is_default, created_at)
    select merchant_id, a.id, a.network, $1, true, $7
    from opened cross join unnest($6::uuid[], $5::text[]) as a (id, network)
  )
  select merchant_id as "merchantId", member_id as "memberId", 'owner' as role from opened`;

const ADD_MISSING_ACCOUNTS = `
  insert into receiving_accounts (merchant_id, id, network, address, is_default, created_at)
  select m.merchant_id, a.id, a.network, m.wallet, true, $5
  from members m cross join unnest($3::uuid[], $4::text[]) as a (id, network)
  where m.merchant_id = $1 and m.id = $2 and m.role = 'owner'
    and not exists (select from receiving_accounts r where r.merchant_id = m.merchant_id and r.network = a.network)
  on conflict (merchant_id, network, address) do nothing`;

const FIND_TILL = tillLookup({ merchant: '$1', network: '$2' });

const LIST_WATCHED = `select distinct address from receiving_accounts where network = $1 and address = any($2::text[])`;

/** An account that several merchants share has no owner of its own. */
const LIST_OWNERS = `
  select address, case when count(*) = 1 then (array_agg(merchant_id))[1] end as "merchantId"
  from receiving_accounts where network = $1 and address = any($2::text[]) group by address`;

const FIND = `
  select id, name, default_network as "defaultNetwork", tolerance_bp as "toleranceBp", late_grace_seconds as "lateGraceSeconds", time_zone as "timeZone", version, created_at as "createdAt", updated_at as "updatedAt"
  from merchants where id = $1`;

@Injectable()
export class MerchantsRepository {
  constructor(private readonly transactions: Transactions) {}

  async findByWallet(wallet: string): Promise<Membership | null> {
    const [row] = await this.transactions.rows<Membership>(FIND_BY_WALLET, [wallet]);
    return row ?? null;
  }

  /** Null when the wallet has opened a merchant already, in any request and however recently. */
  async open(merchant: NewMerchant): Promise<Membership | null> {
    const { wallet, merchantId, memberId, name, networks, accountIds, createdAt } = merchant;
    const [row] = await this.transactions.rows<Membership>(OPEN, [
      wallet,
      merchantId,
      memberId,
      name,
      networks,
      accountIds,
      createdAt,
    ]);
    return row ?? null;
  }

  /** Gives an owner's merchant an account on networks that were enabled after it was opened. */
  async addMissingAccounts(
    member: Membership,
    ids: readonly string[],
    networks: readonly Network[],
    createdAt: Date,
  ): Promise<void> {
    await this.transactions.affected(ADD_MISSING_ACCOUNTS, [
      member.merchantId,
      member.memberId,
      ids,
      networks,
      createdAt,
    ]);
  }

  async findById(merchantId: string): Promise<Merchant | null> {
    const [row] = await this.transactions.rows<Merchant>(FIND, [merchantId]);
    return row ?? null;
  }

  async listWatched(network: Network, addresses: readonly string[]): Promise<string[]> {
    const rows = await this.transactions.rows<{ address: string }>(LIST_WATCHED, [network, addresses]);
    return rows.map((row) => row.address);
  }

  listOwners(
    network: Network,
    addresses: readonly string[],
  ): Promise<{ address: string; merchantId: string | null }[]> {
    return this.transactions.rows(LIST_OWNERS, [network, addresses]);
  }

  async findTill(merchantId: string, network: Network): Promise<TillRow | null> {
    const [row] = await this.transactions.rows<TillRow>(FIND_TILL, [merchantId, network]);
    return row ?? null;
  }
}
