import type { Client } from 'pg';
import { load, type Shot } from './load';

/**
 * Transactions of the database per request. Where each statement commits by itself this counts the statements too.
 * The database adds its counters up after 10 idle seconds.
 */
export async function transactionsPerRequest(
  client: Client,
  url: string,
  connections: number,
  shot: () => Shot,
): Promise<string> {
  const count = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    const { rows } = await client.query<{ n: string }>(
      'select xact_commit::text as n from pg_stat_database where datname = current_database()',
    );
    return Number(rows[0]?.n);
  };
  const before = await count();
  const { requests } = await load(url, connections, 5_000, shot);
  return (((await count()) - before) / requests).toFixed(2);
}
