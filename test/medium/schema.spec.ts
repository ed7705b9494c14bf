import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../migrations';
import tables from '../../migrations/tables.json';
import { dataSourceOptions } from '../../src/database/data-source';
import { testDatabase, type TestDatabase } from '../support/database';
import { KINDS, schemaFaults } from './schema-rules';

let database: TestDatabase;
let dataSource: DataSource;
let client: Client;
beforeAll(async () => {
  database = await testDatabase();
  dataSource = new DataSource(
    dataSourceOptions({ url: database.url, poolSize: 2, prepare: false, applicationName: 'test' }),
  );
  await dataSource.initialize();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await dataSource.destroy();
  await database.drop();
});

describe('the schema', () => {
  it('keeps the rules of tenants and directory', async () => {
    expect(await schemaFaults(client)).toEqual([]);
  });

  it('says of every table once what it is, and why', () => {
    const named = Object.values(tables).flatMap((kind) => Object.keys(kind));
    expect(named.toSorted()).toEqual([...new Set(named)].toSorted());
    for (const why of Object.values(tables).flatMap((kind) => Object.values(kind))) expect(why).toMatch(/^\S.{10,}$/);
  });

  it('is told in the documents as it is', () => {
    const text = readFileSync(path.join(__dirname, '../../docs/architecture.md'), 'utf8');
    for (const [kind, of] of Object.entries(tables)) {
      const row = new RegExp(`^\\| ${kind} \\|[^|]*\\|([^|]*)\\|$`, 'm').exec(text)?.[1] ?? '';
      expect([...row.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(Object.keys(of).toSorted());
    }
  });

  it.each([
    ['a table that is not declared', `create table strays (id uuid primary key)`, {}, ['strays is not declared']],
    ['a declaration without a table', `select`, { ghosts: 'directory' }, ['ghosts is declared and not there']],
    [
      'a tenant table without a key',
      `create table planted (merchant_id uuid not null)`,
      { planted: 'tenant' },
      ['planted has no key'],
    ],
    [
      'a primary key by something else',
      `create table planted (merchant_id uuid not null, id uuid primary key)`,
      { planted: 'tenant' },
      ['planted: unique planted_pkey does not begin with merchant_id'],
    ],
    [
      'a primary key in which the merchant comes later',
      `create table planted (merchant_id uuid, id uuid, primary key (id, merchant_id))`,
      { planted: 'tenant' },
      ['planted: unique planted_pkey does not begin with merchant_id'],
    ],
    [
      'a unique constraint over all merchants',
      `alter table invoices add constraint planted unique (public_id)`,
      {},
      ['invoices: unique planted does not begin with merchant_id'],
    ],
    [
      'a partial unique index over all merchants',
      `create unique index planted on products (lower(sku)) where sku is not null`,
      {},
      ['products: unique planted does not begin with merchant_id'],
    ],
    [
      'a foreign key that may lead to another merchant',
      `create table homes (id uuid primary key); alter table events add constraint planted foreign key (subject_id) references homes (id)`,
      { homes: 'directory' },
      ['events: planted does not begin with merchant_id'],
    ],
    [
      'a foreign key from the directory to tenants',
      `alter table payments add constraint planted foreign key (merchant_id, invoice_id) references invoices (merchant_id, id)`,
      {},
      ['payments: planted leads from the directory to the tenant table invoices'],
    ],
    [
      'a trigger on a tenant table',
      `create function planted() returns trigger language plpgsql as 'begin return new; end'; create trigger planted before insert on quotes for each row execute function planted()`,
      {},
      ['quotes: trigger planted on a tenant table'],
    ],
    [
      'a rule on a tenant table',
      `create rule planted as on delete to quotes do instead nothing`,
      {},
      ['quotes: trigger planted on a tenant table'],
    ],
    [
      'a number drawn from a sequence',
      `create table planted (id bigserial primary key)`,
      { planted: 'directory' },
      ['planted: id is drawn by the server'],
    ],
    [
      'a number that the server gives as an identity',
      `create table planted (id bigint generated always as identity primary key)`,
      { planted: 'directory' },
      ['planted: id is drawn by the server'],
    ],
    [
      'a number of a transaction',
      `alter table events add column planted xid8`,
      {},
      ['events: planted is drawn by the server'],
    ],
    [
      'a default from the number of a transaction',
      `alter table events add column planted text default pg_current_xact_id()::text`,
      {},
      ['events: planted is drawn by the server'],
    ],
  ] as const)('is told of %s', async (_what, planted, declared, faults) => {
    await client.query('begin');
    try {
      await client.query(planted);
      expect(await schemaFaults(client, { ...KINDS, ...declared })).toEqual(faults);
    } finally {
      await client.query('rollback');
    }
  });

  it('lets a tenant lead to its merchant and the directory to the directory', async () => {
    await client.query('begin');
    await client.query(
      `create table planted (merchant_id uuid references merchants (id), id uuid, primary key (merchant_id, id));
       create table listed (id uuid primary key references merchants (id))`,
    );
    expect(await schemaFaults(client, { ...KINDS, planted: 'tenant', listed: 'directory' })).toEqual([]);
    await client.query('rollback');
  });

  it('goes down and up again', async () => {
    const runner = dataSource.createQueryRunner();
    for (const Migration of MIGRATIONS.toReversed()) await new Migration().down(runner);
    const [left] = await dataSource.query<{ count: bigint }[]>(
      "select count(*) as count from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations'",
    );
    expect(Number(left?.count)).toBe(0);
    for (const Migration of MIGRATIONS) await new Migration().up(runner);
    await runner.release();
    expect(await schemaFaults(client)).toEqual([]);
  });

  it('can be distributed by merchant: every tenant table hash-partitions by merchant_id with all its keys', async () => {
    await dataSource.query('create schema sharded');
    await dataSource.query('set search_path to sharded');
    const runner = {
      query: (text: string, values?: unknown[]): Promise<unknown> =>
        dataSource.query(
          text.replaceAll(
            /create table (\w+) \(([\s\S]*?)\n {2,6}\)(?: with \([^)]*\))?;/g,
            (whole, name: string, body: string) =>
              KINDS[name] === 'tenant'
                ? `create table ${name} (${body}\n) partition by hash (merchant_id); create table ${name}_0 partition of ${name} for values with (modulus 1, remainder 0);`
                : whole,
          ),
          values,
        ),
    } as unknown as QueryRunner;
    for (const Migration of MIGRATIONS) await new Migration().up(runner);
    const partitioned = await dataSource.query<{ name: string }[]>(
      "select relname as name from pg_class where relnamespace = 'sharded'::regnamespace and relkind = 'p' order by 1",
    );
    expect(partitioned.map(({ name }) => name)).toEqual(Object.keys(tables.tenant).toSorted());
    await client.query('set search_path to sharded');
    const { schema_migrations: _typeorm, ...kinds } = KINDS;
    expect(await schemaFaults(client, kinds)).toEqual([]);
    // The same keys as where nothing is partitioned.
    expect(await keysOf('sharded')).toEqual(await keysOf('public'));
  });
});

/** Primary, unique and foreign keys of tenant tables, as they would be written. */
async function keysOf(schema: string): Promise<string[]> {
  await client.query(`set search_path to ${schema}`);
  const { rows } = await client.query<{ key: string }>(
    `select c.relname || ' ' || pg_get_constraintdef(k.oid) as key from pg_constraint k join pg_class c on c.oid = k.conrelid
     where k.connamespace = $1::regnamespace and k.contype in ('p', 'u', 'f') and k.conparentid = 0 and not c.relispartition and c.relname = any($2)
     union all
     select c.relname || ' ' || i.relname from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
     where c.relnamespace = $1::regnamespace and x.indisunique and not c.relispartition and c.relname = any($2)`,
    [schema, Object.keys(tables.tenant)],
  );
  return rows.map(({ key }) => key).toSorted();
}
