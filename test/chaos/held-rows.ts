import { Client } from 'pg';
import { begin } from '../support/hooks';
import { query } from './books';
import { until } from './until';

/** Rows locked by a transaction of the test's own, so that the service has to wait in the middle of its work. */
export class HeldRows {
  private static readonly all = new Set<HeldRows>();

  private constructor(
    private readonly url: string,
    private readonly client: Client,
  ) {
    HeldRows.all.add(this);
    begin(async () => {
      if (HeldRows.all.has(this)) await this.release();
    });
  }

  /** `rows` selects rows `for update`, or changes them. */
  static async hold(url: string, rows: string, values: readonly unknown[] = []): Promise<HeldRows> {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('begin');
    const { rowCount } = await client.query(rows, [...values]);
    if (rowCount === 0) throw new Error('there is no such row to hold');
    return new HeldRows(url, client);
  }

  /** What a failed test has not released. */
  static async releaseAll(): Promise<void> {
    for (const held of HeldRows.all) await held.release();
  }

  /** Until that many sessions wait for a lock; their process ids. Waiters queue behind each other, not all behind us. */
  async awaited(sessions = 1): Promise<number[]> {
    return until(
      async () => {
        // From outside of the transaction: inside, the view shows what it showed first.
        const rows = await query<{ pid: number }>(
          this.url,
          `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows.length >= sessions && rows.map(({ pid }) => pid);
      },
      { what: `${sessions} sessions wait for the held rows` },
    );
  }

  async release(): Promise<void> {
    await this.end('rollback');
  }

  /** Lets go of them with what was changed. */
  async commit(): Promise<void> {
    await this.end('commit');
  }

  private async end(how: 'commit' | 'rollback'): Promise<void> {
    HeldRows.all.delete(this);
    await this.client.query(how);
    await this.client.end();
  }
}
