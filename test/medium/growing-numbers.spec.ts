import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source';
import { WidenSums1763600000231 } from '../../migrations/1763600000231-widen-sums';
import { eventually, TestApp } from '../support/app';
import { testDatabase, type TestDatabase } from '../support/database';

/** Why a number of 32 bits cannot reach its end. One that sums or counts without a bound is wider: bigint, and numeric for money. */
const BOUNDED: Readonly<Record<string, string>> = {
  ledger: 'a number of a ledger: 340 years at one every five seconds',
  opened_ledger: 'a number of a ledger',
  provider_ledger: 'a number of a ledger',
  paid_ledger: 'a number of a ledger',
  'sandbox_ledgers.sequence': 'a number of a ledger',
  change_index: 'of one operation',
  tolerance_bp: 'checked',
  late_grace_seconds: 'checked',
  tax_rate: 'checked',
  percentage: 'checked',
  max_payments: 'given, at most a million',
  max_quantity: 'checked',
  quantity: 'given, checked',
  position: 'of a list of at most 20',
  'rate_limits.used': 'counted up to its limit',
  last_status_code: 'of an answer',
  last_latency_ms: 'of one attempt',
  'quarantined_items.attempts': 'stops at a million',
  'webhook_deliveries.attempts': 'one a request that is sent and waited for',
  'webhook_deliveries.attempts_before': 'the same',
  'mail_outbox.attempts': 'three, and again only by a worker that was cut off',
  period_index: 'of a subscription: one a day at the most',
  next_index: 'the same',
  next_price_from: 'the same',
  billing_cycles: 'checked',
  interval_count: 'checked',
  open_days: 'checked',
  grace_days: 'checked',
  reactivation_days: 'checked',
  tax_percentage: 'copied from a rate, which is checked',
  'subscriptions.scale': 'decimals of an amount',
  'webhook_endpoints.consecutive_failures': 'ends with the endpoint, within days',
};
/** Money of one thing, as one payment can hold it; identities and counters that have 64 bits. */
const AMOUNTS = [
  'amount',
  'balance',
  'discount',
  'maximum',
  'minimum',
  'pay_amount',
  'price',
  'send_max',
  'subtotal',
  'tax_amount',
  'total',
];

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await testDatabase();
  dataSource = await new DataSource(
    dataSourceOptions({ url: database.url, poolSize: 2, prepare: false, applicationName: 'test' }),
  ).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

const columns = (types: readonly string[]): Promise<Column[]> =>
  dataSource.query(
    `select c.table_name as table, c.column_name as column, c.data_type as type from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.table_name <> 'schema_migrations' and c.data_type = any($1) order by 1, 2`,
    [types],
  );

describe('a number that grows for ever never meets the end of its type', () => {
  it('whatever has 32 bits says why it stays below', async () => {
    const narrow = (await columns(['integer', 'smallint'])).filter(
      ({ table, column, type }) =>
        type === 'integer' && BOUNDED[column] === undefined && BOUNDED[`${table}.${column}`] === undefined,
    );
    expect(narrow.map(({ table, column }) => `${table}.${column}`)).toEqual([]);
  });

  it('sums of money over time have no end', async () => {
    const sums = (await columns(['numeric'])).map(({ table, column }) => `${table}.${column}`);
    expect(sums).toEqual(expect.arrayContaining(['invoices.received', 'watched_balances.unexplained']));
  });

  it('and every other amount is that of one thing', async () => {
    const wide = (await columns(['bigint']))
      .filter(({ column }) => !AMOUNTS.includes(column))
      .map(({ column }) => column);
    // Nothing that adds up: identities, versions, counters.
    expect(wide.filter((column) => /received|unexplained|sum|paid$|credited|fees/.test(column))).toEqual([]);
  });

  it('is not widened while a process of the older release would go on with it', async () => {
    const migration = new WidenSums1763600000231();
    const runner = dataSource.createQueryRunner();
    const older = new Client({ connectionString: database.url, application_name: 'lumentill-worker' });
    const typeOf = async (): Promise<unknown> =>
      (await columns(['bigint', 'numeric'])).find(({ table, column }) => table === 'invoices' && column === 'received')
        ?.type;
    try {
      const app = await TestApp.start({ databaseUrl: database.url, reconcile: false });
      const { client } = await app.merchant();
      expect((await client.post('/api/links', { amount: '3', asset: 'XLM' })).status).toBe(201);
      await app.stop();
      await migration.down(runner);
      await older.connect();
      await expect(migration.up(runner)).rejects.toThrow('Stop the processes of the older release first');
      expect(await typeOf()).toBe('bigint');
      await older.end();
      await eventually(
        () =>
          migration.up(runner).then(
            () => true,
            () => false,
          ),
        Boolean,
      );
      expect(await typeOf()).toBe('numeric');
      expect(await dataSource.query('select received::text, version::text from invoices')).toEqual([
        { received: '0', version: '1' },
      ]);
    } finally {
      await runner.release();
    }
  });
});
