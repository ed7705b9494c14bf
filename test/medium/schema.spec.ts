import { DataSource, type QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../migrations';
import { dataSourceOptions } from '../../src/database/data-source';
import { testDatabase, type TestDatabase } from '../support/database';

/** Keyed by what a caller or the ledger presents before any merchant is known, or about no merchant at all. */
const NOT_BY_MERCHANT = [
  'merchants',
  'wallets',
  'credentials',
  'auth_challenges',
  'sessions',
  'payments',
  'payment_references',
  'quarantined_items',
  'ledger_cursors',
  'watched_balances',
  'receivability',
  'event_cursors',
  'event_places',
  'lives',
  'process_heartbeats',
  'demo_merchant',
  'sandbox_clock',
  'sandbox_clock_readers',
  'rate_limits',
  'job_slots',
  'sandbox_ledgers',
  'sandbox_entries',
  'sandbox_host',
  'webhook_turns',
];

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await testDatabase();
  dataSource = new DataSource(
    dataSourceOptions({ url: database.url, poolSize: 2, prepare: false, applicationName: 'test' }),
  );
  await dataSource.initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe('the schema', () => {
  it('goes down and up again', async () => {
    const runner = dataSource.createQueryRunner();
    for (const Migration of MIGRATIONS.toReversed()) await new Migration().down(runner);
    const [left] = await dataSource.query<{ count: bigint }[]>(
      "select count(*) as count from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations'",
    );
    expect(Number(left?.count)).toBe(0);
    for (const Migration of MIGRATIONS) await new Migration().up(runner);
    await runner.release();
  });

  it('can be distributed by merchant: every other table hash-partitions by merchant_id with all its keys', async () => {
    await dataSource.query('create schema sharded');
    await dataSource.query('set search_path to sharded');
    const partitioned: string[] = [];
    const gone: string[] = [];
    const runner = {
      query: async (text: string, values?: unknown[]): Promise<unknown> => {
        const distributed = text.replaceAll(
          /create table (\w+) \(([\s\S]*?)\n {6}\)(?: with \([^)]*\))?;/g,
          (whole, name: string, body: string) => {
            if (NOT_BY_MERCHANT.includes(name)) return whole;
            partitioned.push(name);
            return `create table ${name} (${body}\n) partition by hash (merchant_id); create table ${name}_0 partition of ${name} for values with (modulus 1, remainder 0);`;
          },
        );
        const rows: unknown = await dataSource.query(distributed, values);
        for (const [, dropped] of text.matchAll(/drop table (\w+)/g)) {
          const at = partitioned.indexOf(dropped as string);
          if (at >= 0) partitioned.splice(at, 1);
          else gone.push(dropped as string);
        }
        return rows;
      },
    } as unknown as QueryRunner;
    for (const Migration of MIGRATIONS) await new Migration().up(runner);
    expect(partitioned.toSorted()).toEqual([
      'audit_entries',
      'audit_heads',
      'customers',
      'event_heads',
      'event_lives',
      'event_numbers',
      'event_queue',
      'events',
      'idempotency_keys',
      'invoice_counters',
      'invoice_supersessions',
      'invoices',
      'members',
      'payment_intents',
      'payment_link_choices',
      'payment_link_products',
      'payment_link_tax_rates',
      'payment_links',
      'payment_resolutions',
      'products',
      'quotes',
      'receiving_accounts',
      'tax_rates',
      'webhook_deliveries',
      'webhook_endpoints',
    ]);
    const tables = await dataSource.query<{ tablename: string }[]>(
      "select tablename from pg_tables where schemaname = 'sharded' and tablename !~ '_0$'",
    );
    expect(tables.map((table) => table.tablename).toSorted()).toEqual(
      [...partitioned, ...NOT_BY_MERCHANT.filter((name) => !gone.includes(name))].toSorted(),
    );
  });
});
