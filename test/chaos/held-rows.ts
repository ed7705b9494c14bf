import { Client } from 'pg';
import { until } from './until';

/** Rows locked by a transaction of the test's own, so that the service has to wait in the middle of its work. */
export class HeldRows {
  private constructor(private readonly client: Client) {}

  /** `query` selects rows `for update`. */
  static async hold(url: string, query: string, values: readonly unknown[] = []): Promise<HeldRows> {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('begin');
    const { rowCount } = await client.query(query, [...values]);
    if (rowCount === 0) throw new Error('there is no such row to hold');
    return new HeldRows(client);
  }

  /** Until somebody waits for these rows; the process ids of the sessions that do. */
  async awaited(): Promise<number[]> {
    return until(
      async () => {
        const { rows } = await this.client.query<{ pid: number }>(
          `select pid from pg_stat_activity where datname = current_database() and pg_backend_pid() = any(pg_blocking_pids(pid))`,
        );
        return rows.length > 0 && rows.map(({ pid }) => pid);
      },
      { what: 'a session waits for the held rows' },
    );
  }

  async release(): Promise<void> {
    await this.client.query('rollback');
    await this.client.end();
  }
}
