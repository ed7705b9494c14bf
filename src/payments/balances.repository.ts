import { Injectable } from '@nestjs/common';
import type { Amount } from '../common/money';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';

export interface SeenBalance {
  /** `native` or `CODE:ISSUER`. */
  readonly asset: string;
  readonly balance: Amount;
}

@Injectable()
export class BalancesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Watched accounts, those never looked at first, then by the age of the last look. */
  async listLeastRecent(network: Network, limit: number): Promise<string[]> {
    const rows = await this.transactions.rows<{ address: string }>(
      `select r.address from receiving_accounts r
       left join watched_balances b on b.network = r.network and b.account = r.address
       where r.network = $1 group by r.address order by min(b.checked_at) nulls first, r.address limit $2`,
      [network, limit],
    );
    return rows.map((row) => row.address);
  }

  /**
   * Stores what an account holds after `ledger`, every credit up to which has been recorded or is kept aside, and adds to
   * `unexplained` what exceeds the last look plus these credits since. Returns the assets where that is new.
   */
  async observe(
    network: Network,
    account: string,
    ledger: number,
    seen: readonly SeenBalance[],
    at: Date,
  ): Promise<{ asset: string; unexplained: Amount }[]> {
    return this.transactions.rows(
      `with seen as (select * from unnest($4::text[], $5::bigint[]) as s (asset, balance)),
         judged as (
           select seen.asset, seen.balance, case when b.balance is null then 0 else greatest(0, seen.balance - b.balance - coalesce((
             select sum(p.amount) from (
               select amount, operation_id, asset_code, asset_issuer from payments where network = $1 and account = $2
               union all
               -- Known, and told as such: recorded later, it is not looked for here again.
               select (q.credit::json ->> 'amount')::numeric, q.operation_id, q.credit::json #>> '{asset,code}', q.credit::json #>> '{asset,issuer}' from quarantined_items q
               where q.network = $1 and q.credit is not null and q.credit::json ->> 'account' = $2
                 and not exists (select from payments r where r.network = q.network and r.operation_id = q.operation_id and r.change_index = q.change_index)
             ) p
             where p.operation_id >= (b.ledger::bigint + 1) << 32 and p.operation_id < ($3::bigint + 1) << 32
               and seen.asset = case when p.asset_issuer is null then 'native' else p.asset_code || ':' || p.asset_issuer end), 0)) end::bigint as fresh
           from seen left join watched_balances b on b.network = $1 and b.account = $2 and b.asset = seen.asset and b.ledger <= $3
         ), kept as (
           insert into watched_balances (network, account, asset, ledger, balance, unexplained, checked_at)
           select $1, $2, asset, $3, balance, 0, $6 from judged
           on conflict (network, account, asset) do update set ledger = excluded.ledger, balance = excluded.balance, checked_at = excluded.checked_at,
             unexplained = watched_balances.unexplained + (select fresh from judged where judged.asset = excluded.asset)
           where watched_balances.ledger <= excluded.ledger
         )
       select asset, fresh as unexplained from judged where fresh > 0`,
      [network, account, ledger, seen.map((each) => each.asset), seen.map((each) => each.balance), at],
    );
  }

  /** Accounts and assets that hold unexplained money, over all looks. */
  async unexplained(): Promise<{ network: Network; account: string; asset: string; unexplained: Amount }[]> {
    return this.transactions.rows(
      'select network, account, asset, unexplained from watched_balances where unexplained > 0 order by network, account, asset',
    );
  }
}
