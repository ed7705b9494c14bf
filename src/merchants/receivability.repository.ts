import { Injectable } from '@nestjs/common';
import type { Asset } from '../common/money';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import type { ReceivingFault } from '../stellar/receiving';

/** What is known of an account and an asset; `known` is false until the first look. */
export interface Receivability {
  readonly asset: Asset;
  readonly fault: ReceivingFault | null;
  readonly known: boolean;
}

/** An account that an event can be about. */
export interface TellableAccount {
  readonly merchantId: string;
  readonly id: string;
}

const ASSET = `jsonb_build_object('code', asset_code, 'issuer', nullif(asset_issuer, '')) as asset`;

@Injectable()
export class ReceivabilityRepository {
  constructor(private readonly transactions: Transactions) {}

  /** What is known of these; accounts and assets that were never asked for are looked at soon. */
  async ask(network: Network, account: string, assets: readonly Asset[], now: Date): Promise<Receivability[]> {
    const key = [network, account, assets.map(({ code }) => code), assets.map(({ issuer }) => issuer ?? '')];
    const found = await this.list(network, account);
    const asked = found.filter(({ asset }) =>
      assets.some(({ code, issuer }) => code === asset.code && issuer === asset.issuer),
    );
    if (asked.length < assets.length) {
      await this.transactions.affected(
        `insert into receivability (network, account, asset_code, asset_issuer, next_check_at)
         select $1, $2, code, issuer, $5 from unnest($3::text[], $4::text[]) as a (code, issuer) on conflict do nothing`,
        [...key, now],
      );
    }
    return asked;
  }

  list(network: Network, account: string): Promise<Receivability[]> {
    return this.transactions.rows(
      `select ${ASSET}, fault, checked_at is not null as known from receivability where network = $1 and account = $2`,
      [network, account],
    );
  }

  /** Accounts that are due for a look, which no other process takes until `until`. */
  async claim(network: Network, now: Date, until: Date, limit: number): Promise<string[]> {
    const rows = await this.transactions.rows<{ account: string }>(
      `with due as (select network, account, asset_code, asset_issuer from receivability where network = $1 and next_check_at <= $2 order by next_check_at limit $4 for update skip locked)
       update receivability r set next_check_at = $3 from due
       where r.network = due.network and r.account = due.account and r.asset_code = due.asset_code and r.asset_issuer = due.asset_issuer returning r.account`,
      [network, now, until, limit],
    );
    return [...new Set(rows.map(({ account }) => account))];
  }

  /** Locks what is known of an account. The caller has looked at the account. */
  lock(network: Network, account: string): Promise<Receivability[]> {
    return this.transactions.rows(
      `select ${ASSET}, fault, checked_at is not null as known from receivability where network = $1 and account = $2 order by asset_code, asset_issuer for update`,
      [network, account],
    );
  }

  async set(
    network: Network,
    account: string,
    { code, issuer }: Asset,
    fault: ReceivingFault | null,
    at: Date,
    next: Date,
  ): Promise<void> {
    await this.transactions.affected(
      'update receivability set fault = $5, checked_at = $6, next_check_at = $7 where network = $1 and account = $2 and asset_code = $3 and asset_issuer = $4',
      [network, account, code, issuer ?? '', fault, at, next],
    );
  }

  /** Every merchant's entry for an address. */
  owners(network: Network, address: string): Promise<TellableAccount[]> {
    return this.transactions.rows(
      'select merchant_id as "merchantId", id from receiving_accounts where network = $1 and address = $2 order by merchant_id, id',
      [network, address],
    );
  }
}
