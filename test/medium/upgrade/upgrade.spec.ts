import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations';
import { ROW_CHECKS } from '../../../src/cli/audit/row-checks';
import { dataSourceOptions } from '../../../src/database/data-source';
import { migrate } from '../../../src/database/migrate';
import { testDatabase, type TestDatabase } from '../../support/database';

/**
 * What a merchant of the first release had after an afternoon of every kind of link, invoice, choice and payment: rows as
 * that release wrote them, but for the content of events, the log of deliveries (a few of each endpoint are kept), and addresses and
 * secrets of endpoints. Two decisions, an intent and an item in quarantine were added by hand. Columns that were null in every row
 * are left out. Endpoints refuse or are away, so deliveries wait when the newer release starts.
 */
const ROWS = JSON.parse(readFileSync(path.join(__dirname, 'first-release.json'), 'utf8')) as Record<
  string,
  { columns: string[]; rows: unknown[][] }
>;
/** The last migration of that release. */
const LAST = 1_763_600_000_200;

const timeOf = (migration: { name: string }): number => Number(migration.name.slice(-13));
const FIRST_RELEASE = MIGRATIONS.filter((migration) => timeOf(migration) <= LAST);
const SINCE = MIGRATIONS.filter((migration) => timeOf(migration) > LAST).toSorted((a, b) => timeOf(a) - timeOf(b));

let database: TestDatabase;
let dataSource: DataSource;
/** Ids of events as the first release listed them. */
let listed: string[];
let before: Books;
/** What a statement that changed the schema had for limits. */
let limits: { tag: string; statement_limit: string; lock_limit: string }[];

interface Books {
  readonly invoices: unknown[];
  readonly links: unknown[];
  readonly payments: unknown[];
}

beforeAll(async () => {
  database = await testDatabase('template0');
  dataSource = new DataSource({
    ...dataSourceOptions({ url: database.url, poolSize: 2, prepare: false, applicationName: 'test' }),
    entities: [],
    migrations: FIRST_RELEASE,
  } as ConstructorParameters<typeof DataSource>[0]);
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.query('delete from event_cursors'); // its row was written by a migration
  for (const [table, { columns, rows }] of Object.entries(ROWS)) {
    const objects = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
    await dataSource.query(
      `insert into ${table} (${columns.join()}) select ${columns.join()} from json_populate_recordset(null::${table}, $1)`,
      [JSON.stringify(objects)],
    );
  }
  listed = (await query<{ id: string }>('select id from events order by transaction_id, id')).map(({ id }) => id);
  before = await books();
  await query('create table watched (tag text, statement_limit text, lock_limit text)');
  await query(`create function watch() returns event_trigger language plpgsql as $$ begin
    insert into watched values (tg_tag, current_setting('statement_timeout'), current_setting('lock_timeout')); end $$`);
  await query('create event trigger watch on ddl_command_start execute function watch()');
  await migrate(database.url);
  limits = await query('select * from watched');
  await query('drop event trigger watch');
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function query<R>(text: string): Promise<R[]> {
  return (await dataSource.query(text)) as R[];
}

/** As the first release told them: terms that a link had not of its own were its invoice's. */
const TOLD_LINKS = `
  select l.id, l.kind, l.status, (case when l.currency is null then i.total else l.amount end)::text as amount, coalesce(l.currency, i.asset_code) as currency, l.invoice_id, coalesce(l.expires_at, i.expires_at) as expires_at,
    l.slots_used::text, coalesce(l.title, i.title) as title, coalesce(l.description, i.description) as description, coalesce(l.scale, greatest(i.scale, 2)) as scale,
    coalesce(l.payment_methods, '{on_chain}') as payment_methods, coalesce(l.metadata, '{}') as metadata
  from payment_links l left join invoices i on i.merchant_id = l.merchant_id and i.id = l.invoice_id order by l.id`;

/** What money and people rely on, whatever the types of the columns are. */
async function books(): Promise<Books> {
  return {
    invoices: await query(
      'select id, status, total::text, received::text, asset_code, destination, number, memo, public_id, expires_at, closed_at, paid_at, payer_wallet from invoices order by id',
    ),
    links: await query(TOLD_LINKS),
    payments: await query(
      'select network, operation_id::text, change_index, id, invoice_id, disposition, outcome, amount::text, memo from payments order by 1, 2, 3',
    ),
  };
}

describe('a database of the first release', () => {
  it('comes up with its rows: invoices, links and payments are what they were', async () => {
    expect([before.invoices, before.links, before.payments].map((rows) => rows.length)).toEqual([36, 23, 25]);
    expect(await books()).toEqual(before);
  });

  it('comes up however long it takes, and whoever pays waits no longer than five seconds for a table', () => {
    expect(limits.length).toBeGreaterThan(50);
    expect(new Set(limits.map((each) => each.statement_limit))).toEqual(new Set(['0']));
    expect(new Set(limits.map((each) => each.lock_limit))).toEqual(new Set(['5s', '0']));
    const patient = limits.filter((each) => each.lock_limit === '0').map(({ tag }) => tag);
    expect(new Set(patient)).toEqual(new Set(['CREATE INDEX', 'ALTER TABLE']));
  });

  it('has every index whole and every constraint looked after', async () => {
    expect(await query('select indexrelid::regclass::text as name from pg_index where not indisvalid')).toEqual([]);
    expect(await query('select conname from pg_constraint where not convalidated')).toEqual([]);
  });

  it('builds an index again that a build which was cut off has left behind', async () => {
    await query(`update pg_index set indisvalid = false where indexrelid = 'payments_held_first'::regclass`);
    await query(`delete from schema_migrations where timestamp = 1763600000347`);
    await migrate(database.url);
    expect(await query('select from pg_index where not indisvalid')).toEqual([]);
  });

  it('has no breach that the audit knows', async () => {
    const breaches: string[] = [];
    for (const { invariant, says, sql } of ROW_CHECKS)
      breaches.push(
        ...(await query<{ subject: string }>(sql)).map(({ subject }) => `${invariant} ${says}: ${subject}`),
      );
    // The decisions that were added by hand have no events.
    const added = breaches.filter((breach) =>
      /01a228a9-0000-7000-8000-00000000000[12]|9a95cd85-5163-88a0-93b8-1b708db82080/.test(breach),
    );
    expect(breaches).toEqual(added);
    expect(added).toHaveLength(3);
  });

  it('lists its events as before, now numbered from one without gaps, and knows which were handed on', async () => {
    const numbered = await query<{ id: string; seq: string }>(
      'select event_id as id, seq::text from event_numbers n order by n.seq',
    );
    expect(numbered).toEqual(listed.map((id, index) => ({ id, seq: String(index + 1) })));
    const [head] = await query<{ last: string; told: string }>(
      'select last_seq::text as last, told_seq::text as told from event_heads',
    );
    expect(head).toEqual({ last: String(listed.length), told: String(listed.length) });
    // No version stands twice (a key), so they are those from one to as many as there are.
    expect(
      await query(
        'select subject_id from event_numbers group by subject_id having min(subject_version) <> 1 or max(subject_version) <> count(*)',
      ),
    ).toEqual([]);
  });

  it('hands on nothing twice: an endpoint is told what came after it was made', async () => {
    const endpoints = await query<{ since: string; earlier: string }>(`
      select w.since_seq::text as since, (select count(*) from events e where e.created_at < w.created_at)::text as earlier from webhook_endpoints w order by created_at`);
    expect(endpoints).toHaveLength(4);
    for (const { since, earlier } of endpoints) expect(since).toBe(earlier);
  });

  it('gives each merchant with waiting deliveries one turn, and refusing endpoints a lane of their own', async () => {
    const waiting = await query<{ merchant_id: string; count: string }>(
      "select merchant_id, count(*)::text from webhook_deliveries where status = 'pending' group by 1",
    );
    expect(waiting.map(({ count }) => Number(count) > 1)).toEqual([true]);
    expect(await query('select merchant_id from webhook_turns')).toEqual(
      waiting.map(({ merchant_id }) => ({ merchant_id })),
    );
    expect(await query('select lane, count(*)::text from webhook_endpoints group by 1')).toEqual([
      { lane: 'troubled', count: '4' },
    ]);
  });

  it('spells addresses and references once', async () => {
    expect(await query("select email from customers where email like 'g%' order by 1")).toEqual([
      { email: 'g1795978366316@xn--bcher-kva.example' },
      { email: 'grace@xn--bcher-kva.example' },
    ]);
    expect(await query("select reference from payment_links where reference like '%caf%' order by 1")).toEqual([
      { reference: 'caf\u00E9-7' },
      { reference: 'caf\u00E9-8' },
    ]);
  });

  it('keeps decisions about money; one that was taken off again can be decided about anew', async () => {
    expect(
      await query('select action, undone_at is not null as undone from payment_resolutions order by action'),
    ).toEqual([
      { action: 'attach', undone: true },
      { action: 'dismiss', undone: false },
    ]);
    expect(await query('select change_index, credit, retry_at from quarantined_items')).toEqual([
      { change_index: -1, credit: null, retry_at: null },
    ]);
  });

  it('goes down to the first release and up again with its rows', async () => {
    const runner = dataSource.createQueryRunner();
    for (const Migration of SINCE.toReversed()) await new Migration().down(runner);
    expect(await books()).toEqual(before);
    for (const Migration of SINCE) await new Migration().up(runner);
    await runner.release();
    expect(await books()).toEqual(before);
    const [numbers] = await query<{ fine: boolean }>(
      'select count(*) = max(seq) and count(*) = (select count(*) from events) as fine from event_numbers',
    );
    expect(numbers).toEqual({ fine: true });
  });
});
