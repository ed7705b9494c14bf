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
}

export interface CursorMove {
  readonly from: bigint;
  readonly cursor: bigint;
  readonly ledger: number;
  readonly ingestedThrough: Date | null;
  readonly providerLedger: number;
}

const COLUMNS = `network, cursor, ledger, ingested_through as "ingestedThrough", provider_ledger as "providerLedger", polled_at as "polledAt"`;

@Injectable()
export class CursorsRepository {
  constructor(private readonly transactions: Transactions) {}

  async find(network: Network): Promise<LedgerCursor | null> {
    const [row] = await this.transactions.rows<LedgerCursor>(`select ${COLUMNS} from ledger_cursors where network = $1 and cursor is not null`, [network]);
    return row ?? null;
  }

  list(): Promise<LedgerCursor[]> {
    return this.transactions.rows(`select ${COLUMNS} from ledger_cursors where cursor is not null order by network`);
  }

  /** Chooses where reading begins; the first process to ask decides, once and for ever. */
  async start(network: Network, cursor: bigint, ledger: number): Promise<LedgerCursor> {
    await this.transactions.affected(`insert into ledger_cursors (network, cursor, ledger) values ($1, $2, $3) on conflict (network) do nothing`, [network, cursor, ledger]);
    const row = await this.find(network);
    if (row === null) throw new Error(`ledger cursor of ${network} vanished`);
    return row;
  }

  /** Takes or renews the right to read a network, by the database's clock; false while another process holds it. */
  async lease(network: Network, owner: string, seconds: number): Promise<boolean> {
    const taken = await this.transactions.affected(
      `update ledger_cursors set lease_owner = $2, lease_until = now() + make_interval(secs => $3)
       where network = $1 and (lease_owner = $2 or lease_until is null or lease_until < now())`,
      [network, owner, seconds],
    );
    return taken === 1;
  }

  async release(network: Network, owner: string): Promise<void> {
    await this.transactions.affected(`update ledger_cursors set lease_owner = null, lease_until = null where network = $1 and lease_owner = $2`, [network, owner]);
  }

  /** Moves the cursor in the caller's transaction; false when another process moved it meanwhile (then nothing may be kept). */
  async move(network: Network, move: CursorMove, at: Date): Promise<boolean> {
    const moved = await this.transactions.affected(
      `update ledger_cursors set cursor = $3, ledger = greatest(ledger, $4), ingested_through = greatest(ingested_through, $5), provider_ledger = $6, polled_at = $7
       where network = $1 and cursor = $2`,
      [network, move.from, move.cursor, move.ledger, move.ingestedThrough, move.providerLedger, at],
    );
    return moved === 1;
  }
}
