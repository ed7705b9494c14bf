import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';

/** A number that a payment named, on one account. */
export interface NumberSeen {
  readonly account: string;
  /** As it stands on the ledger. */
  readonly text: string;
  readonly count: bigint;
}

/** How far beyond a counter a number is believed: a forger must not use up the numbers of a merchant. */
const REACH = 1_000_000n;

/**
 * Counters of merchants who are paid on the accounts, where a number within reach lies beyond them that is not a reference of
 * ours. A merchant without a counter stands at the head start of the present life.
 */
const BEYOND = `
  select own.merchant_id, max(seen.count) as count, life.head_start
  from (select account, text, count from unnest($2::text[], $3::text[], $4::bigint[]) as s (account, text, count)
      where not exists (select from payment_references r where r.network = $1 and r.account = s.account and r.kind = 'text' and r.value = s.text)) as seen
    join receiving_accounts own on own.network = $1 and own.address = seen.account
    join lives life on life.ordinal = current_life()
    left join invoice_counters c on c.merchant_id = own.merchant_id
    cross join lateral (select coalesce(c.last_number - c.head_start, 0) + life.head_start as last) as counter
  where seen.count > counter.last and seen.count <= counter.last + $5
  group by own.merchant_id, life.head_start`;

@Injectable()
export class InvoiceNumbersRepository {
  constructor(private readonly transactions: Transactions) {}

  async anyBeyond(network: Network, seen: readonly NumberSeen[]): Promise<boolean> {
    return (await this.transactions.rows(`${BEYOND} limit 1`, valuesOf(network, seen))).length > 0;
  }

  /**
   * Moves the counters past what was seen beyond them, and as far again: a lost stretch also gave out later numbers that are
   * not paid yet. Returns how many counters moved.
   */
  passBy(network: Network, seen: readonly NumberSeen[]): Promise<number> {
    return this.transactions.affected(
      `insert into invoice_counters as c (merchant_id, last_number, head_start) select merchant_id, count + $5, head_start from (${BEYOND}) as beyond order by merchant_id
       on conflict (merchant_id) do update set last_number = excluded.last_number, head_start = excluded.head_start
       where c.last_number - c.head_start + excluded.head_start < excluded.last_number`,
      valuesOf(network, seen),
    );
  }
}

function valuesOf(network: Network, seen: readonly NumberSeen[]): unknown[] {
  return [
    network,
    seen.map(({ account }) => account),
    seen.map(({ text }) => text),
    seen.map(({ count }) => count),
    REACH,
  ];
}
