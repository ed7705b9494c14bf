import { Injectable } from '@nestjs/common';
import { violatedUnique } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import type { ClosedLedger, LedgerSnapshot } from './ledger/contract';
import { decodeLedger, encodeLedger } from './ledger-codec';
import { LostLeadership, SandboxStore, type StoredNetwork } from './sandbox-store';

/** The embedded network's ledgers and entries in the service's own database, so that both live and die together. */
@Injectable()
export class SandboxRepository extends SandboxStore {
  constructor(private readonly transactions: Transactions) {
    super();
  }

  async load(): Promise<StoredNetwork | null> {
    const rows = await this.transactions.rows<{ closed: string }>(
      'select closed::text as closed from sandbox_ledgers order by sequence',
    );
    const last = rows.at(-1);
    if (last === undefined) return null;
    const ledgers = rows.map((row) => decodeLedger(row.closed));
    const entries = await this.transactions.rows<{ key: string; value: unknown }>(
      'select key, value from sandbox_entries',
    );
    const snapshot: LedgerSnapshot = {
      header: decodeLedger(last.closed).header,
      entries: Object.fromEntries(entries.map((entry) => [entry.key, entry.value])),
    };
    return { snapshot, ledgers };
  }

  async append(closed: ClosedLedger): Promise<void> {
    const changes = Object.entries(closed.changes);
    const kept = changes.filter(([, value]) => value !== null);
    const removed = changes.filter(([, value]) => value === null).map(([key]) => key);
    try {
      // Changes are what the entries become; they need not be kept a second time with the ledger.
      await this.transactions.rows(
        `with ledger as (insert into sandbox_ledgers (sequence, closed) values ($1, $2)),
           removed as (delete from sandbox_entries where key = any($3::text[]))
         insert into sandbox_entries (key, value) select * from unnest($4::text[], $5::jsonb[])
         on conflict (key) do update set value = excluded.value`,
        [
          closed.header.sequence,
          encodeLedger({ ...closed, changes: {} }),
          removed,
          kept.map(([key]) => key),
          kept.map(([, value]) => JSON.stringify(value)),
        ],
      );
    } catch (error) {
      if (violatedUnique(error) === 'sandbox_ledgers_pkey') throw new LostLeadership(closed.header.sequence);
      throw error;
    }
  }

  /**
   * Takes or keeps the right to close ledgers, by the database's clock. A holder at our own URL is dead: the port is ours.
   * Returns the present holder and its URL, ourselves included.
   */
  async claimHost(owner: string, url: string, leaseSeconds: number): Promise<{ owner: string; url: string }> {
    const [row] = await this.transactions.rows<{ owner: string; url: string }>(
      `with claimed as (
         insert into sandbox_host (owner, url, lease_until) values ($1, $2, now() + make_interval(secs => $3))
         on conflict (only_row) do update set owner = excluded.owner, url = excluded.url, lease_until = excluded.lease_until
         where sandbox_host.owner = excluded.owner or sandbox_host.url = excluded.url or sandbox_host.lease_until < now()
         returning owner, url
       )
       select owner, url from claimed union all select owner, url from sandbox_host where not exists (select 1 from claimed)`,
      [owner, url, leaseSeconds],
    );
    if (row === undefined) throw new Error('the sandbox host vanished');
    return row;
  }

  async releaseHost(owner: string): Promise<void> {
    await this.transactions.affected('delete from sandbox_host where owner = $1', [owner]);
  }
}
