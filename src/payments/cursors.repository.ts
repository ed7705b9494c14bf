import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';

/** How far a network has been read. */
export interface LedgerCursor {
  readonly network: Network;
  /** TOID after which the next page begins. */
  readonly cursor: bigint;
  readonly ledger: number;
  /** Every close time up to this one has been ingested; null before the first complete read. */
  readonly ingestedThrough: Date | null;
  readonly providerLedger: number;
  readonly polledAt: Date | null;
  /** True when everything that had closed was read once, but not in the present life on the server process that runs now. */
  readonly unsure: boolean;
}

/** How far reading has come, and whether the caller may read on. */
export interface LeasedCursor extends LedgerCursor {
  readonly leased: boolean;
}

export interface CursorMove {
  readonly from: bigint;
  readonly cursor: bigint;
  readonly ledger: number;
  readonly ingestedThrough: Date | null;
  readonly providerLedger: number;
  /** The life that was known before the provider was asked, when this move reaches the ledger it reported; else null. */
  readonly caughtUpLife: string | null;
}

const UNSURE =
  'caught_up_life is not null and (caught_up_on <> pg_postmaster_start_time() or caught_up_life is distinct from (select id from lives where ordinal = current_life()))';
const COLUMNS = `network, cursor, ledger, ingested_through as "ingestedThrough", provider_ledger as "providerLedger", polled_at as "polledAt", ${UNSURE} as unsure`;

/**
 * Written when half of the lease is over, so that most pages need no commit of their own for it. A lease that was taken before the
 * server started and not renewed since is void: no reference is given out until a process reads.
 */
const LEASE = `
  with known as materialized (
    select c.*, greatest(now(), pg_postmaster_start_time() + make_interval(secs => $3)) as over_at from ledger_cursors c where network = $1
  ), renewed as (
    update ledger_cursors c set lease_owner = $2, lease_until = now() + make_interval(secs => $3) from known k
    where c.network = $1 and (c.lease_until is null or c.lease_until < k.over_at or (c.lease_owner = $2 and c.lease_until < now() + make_interval(secs => $3 / 2)))
    returning c.network
  )
  select ${COLUMNS}, exists (select from renewed) or (lease_owner = $2 and lease_until >= greatest(over_at, now() + make_interval(secs => $3 / 2))) is true as leased
  from known where cursor is not null`;

@Injectable()
export class CursorsRepository {
  constructor(private readonly transactions: Transactions) {}

  async find(network: Network): Promise<LedgerCursor | null> {
    const [row] = await this.transactions.rows<LedgerCursor>(
      `select ${COLUMNS} from ledger_cursors where network = $1 and cursor is not null`,
      [network],
    );
    return row ?? null;
  }

  list(): Promise<LedgerCursor[]> {
    return this.transactions.rows(`select ${COLUMNS} from ledger_cursors where cursor is not null order by network`);
  }

  /** Chooses where reading begins; the first process to ask decides, once and for ever. */
  async start(network: Network, cursor: bigint, ledger: number): Promise<void> {
    await this.transactions.affected(
      `insert into ledger_cursors (network, cursor, ledger) values ($1, $2, $3) on conflict (network) do nothing`,
      [network, cursor, ledger],
    );
  }

  /**
   * Takes or keeps the right to read a network for at least half of `seconds`, by the database's clock; it is not `leased` while another
   * process has it. Null before reading has begun anywhere.
   */
  async lease(network: Network, owner: string, seconds: number): Promise<LeasedCursor | null> {
    const [row] = await this.transactions.rows<LeasedCursor>(LEASE, [network, owner, seconds]);
    return row ?? null;
  }

  async release(network: Network, owner: string): Promise<void> {
    await this.transactions.affected(
      `update ledger_cursors set lease_owner = null, lease_until = null where network = $1 and lease_owner = $2`,
      [network, owner],
    );
  }

  /** The newest closed ledger that a provider reported, possibly long before the pages up to it are read. */
  async note(network: Network, providerLedger: number): Promise<void> {
    await this.transactions.affected(
      'update ledger_cursors set provider_ledger = $2 where network = $1 and provider_ledger < $2',
      [network, providerLedger],
    );
  }

  /** Moves the cursor in the caller's transaction; false when another process moved it meanwhile (then nothing may be kept). */
  async move(network: Network, move: CursorMove, at: Date): Promise<boolean> {
    const moved = await this.transactions.affected(
      `update ledger_cursors set cursor = $3, ledger = greatest(ledger, $4), ingested_through = greatest(ingested_through, $5), provider_ledger = greatest(provider_ledger, $6), polled_at = $7,
         caught_up_life = coalesce($8, caught_up_life), caught_up_on = case when $8 is null then caught_up_on else pg_postmaster_start_time() end
       where network = $1 and cursor = $2`,
      [network, move.from, move.cursor, move.ledger, move.ingestedThrough, move.providerLedger, at, move.caughtUpLife],
    );
    return moved === 1;
  }
}
