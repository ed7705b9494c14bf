import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { SystemClock } from '../../src/common/clock';
import { dataSourceOptions } from '../../src/database/data-source';
import { Transactions } from '../../src/database/transactions';
import { forgetSql, remindSql } from '../../src/database/deadline-sql';
import { DeadlinesRepository } from '../../src/deadlines/deadlines.repository';
import { DeadlinesService, type Judge } from '../../src/deadlines/deadlines.service';
import { DeadlineRepairRepository } from '../../src/payments/deadline-repair.repository';
import { DeadlineRepairService } from '../../src/payments/deadline-repair.service';
import { testDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { poolOf } from '../support/pool-of';

const QUEUE = { network: 'sandbox', kind: 'invoice' } as const;
const NOW = new Date('2026-03-01T12:00:00.000Z');
const M = [1, 2, 3].map((n) => `01900000-0000-7000-8000-00000000000${n}`);
const [ONE = '', TWO = ''] = M;

let database: TestDatabase;
let dataSource: DataSource;
let transactions: Transactions;
let deadlines: DeadlinesService;
let outsider: Client;
beforeAll(async () => {
  database = await testDatabase();
  dataSource = new DataSource(
    dataSourceOptions({ url: database.url, poolSize: 6, prepare: true, applicationName: 'test' }),
  );
  await dataSource.initialize();
  transactions = new Transactions(poolOf(dataSource), new SystemClock());
  deadlines = new DeadlinesService(new DeadlinesRepository(transactions), transactions);
  outsider = new Client({ connectionString: database.url });
  await outsider.connect();
});
afterAll(async () => {
  await outsider.end();
  await dataSource.destroy();
  await database.drop();
});
beforeEach(() => transactions.affected('truncate deadlines'));

/** `count` rows of a merchant, a second apart, the first of them an hour ago; their subjects in order. */
async function due(merchantId: string, count: number): Promise<string[]> {
  const rows = await transactions.rows<{ id: string }>(
    `insert into deadlines (network, kind, due_at, merchant_id, subject_id)
     select 'sandbox', 'invoice', $2::timestamptz - interval '1 hour' + n * interval '1 second', $1::uuid, gen_random_uuid() from generate_series(1, $3::int) n
     returning subject_id as id`,
    [merchantId, NOW, count],
  );
  return rows.map(({ id }) => id);
}

const left = async (): Promise<string[]> =>
  (await transactions.rows<{ id: string }>('select subject_id as id from deadlines order by due_at, subject_id')).map(
    ({ id }) => id,
  );
/** Everything has ended, and nothing else has taken its reminder out. */
const endAll: Judge = (_merchantId, ids) => Promise.resolve({ ended: ids.length, stale: ids });

describe('the queue of deadlines', () => {
  it('is worked off in order, each at its merchant, and nothing that is due later', async () => {
    const [ofOne, ofTwo] = [await due(ONE, 3), await due(TWO, 2)];
    const seen: [string, readonly string[]][] = [];
    const before = new Date(NOW.getTime() - 3_600_000 + 2_500);
    const ended = await deadlines.work(QUEUE, before, (merchantId, ids) => {
      seen.push([merchantId, ids]);
      return endAll(merchantId, ids);
    });
    expect([ended, seen]).toEqual([
      4,
      [
        [ONE, ofOne.slice(0, 2)],
        [TWO, ofTwo],
      ],
    ]);
    expect(await left()).toEqual(ofOne.slice(2));
    expect(await deadlines.work({ ...QUEUE, kind: 'link' }, NOW, endAll)).toBe(0);
  });

  it('is shared by two who work at once: everything ends, and once', async () => {
    for (const merchant of M) await due(merchant, 300);
    const seen: string[] = [];
    const judge: Judge = (merchantId, ids) => {
      seen.push(...ids);
      return endAll(merchantId, ids);
    };
    const ended = await Promise.all([1, 2, 3].map(() => deadlines.work(QUEUE, NOW, judge)));
    expect([ended.reduce((sum, each) => sum + each), new Set(seen).size, seen.length]).toEqual([900, 900, 900]);
    expect(await left()).toEqual([]);
  });

  it('gives everything back when its work fails, and goes on with other merchants before it says so', async () => {
    const [ofOne] = [await due(ONE, 2), await due(TWO, 2)];
    const fail: Judge = async (merchantId, ids) => {
      await transactions.affected(`delete from deadlines where merchant_id = $1`, [merchantId]);
      if (merchantId === ONE) throw new Error('this merchant cannot be judged');
      return endAll(merchantId, ids);
    };
    await expect(deadlines.work(QUEUE, NOW, fail)).rejects.toThrow('this merchant cannot be judged');
    expect(await left()).toEqual(ofOne);
  });

  it('leaves what cannot be judged now, and reaches what stands behind it, pages further on', async () => {
    const held = await due(ONE, 1_100);
    const behind = await due(TWO, 1);
    await transactions.affected(`update deadlines set due_at = $2 where merchant_id = $1`, [
      TWO,
      new Date(NOW.getTime() - 1),
    ]);
    const skip: Judge = (merchantId, ids) =>
      merchantId === ONE ? Promise.resolve({ ended: 0, stale: [] }) : endAll(merchantId, ids);
    expect(await deadlines.work(QUEUE, NOW, skip)).toBe(1);
    expect((await left()).length).toBe(held.length);
    expect(await left()).not.toContain(behind[0]);
    expect(await deadlines.work(QUEUE, NOW, endAll)).toBe(1_100);
  });

  it('takes a reminder out without waiting for who looks at it', async () => {
    const [first, second] = await due(ONE, 2);
    await outsider.query('begin');
    await outsider.query('select from deadlines where subject_id = $1 for update', [first]);
    // What ends both would wait for ever if it waited.
    await transactions.affected(
      `with gone as (select merchant_id, subject_id as id, network, due_at as expires_at from deadlines) ${forgetSql('invoice', 'gone')}`,
    );
    expect(await left()).toEqual([first]);
    await outsider.query('rollback');
    expect(second).toBeDefined();
  });

  it('brings a reminder back that is being taken out at that moment', async () => {
    const [id] = await due(ONE, 1);
    await outsider.query('begin');
    await outsider.query('delete from deadlines where subject_id = $1', [id]);
    const row = `(select $1::uuid as merchant_id, $2::uuid as id, 'sandbox' as network, $3::timestamptz as expires_at)`;
    const reminded = transactions.affected(remindSql('invoice', row), [ONE, id, new Date(NOW.getTime() - 3_599_000)]);
    await eventually(
      () =>
        transactions.affected(
          `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        ),
      (waiting) => waiting === 1,
    );
    await outsider.query('commit');
    await reminded;
    expect(await left()).toEqual([id]);
  });

  it('gets back what was lost: of invoices, links and intents that are open, and of nothing else', async () => {
    await transactions.affected(
      `insert into merchants (id, name, default_network, created_at, updated_at) select id, 'M', 'sandbox', now(), now() from unnest($1::uuid[]) as m (id)`,
      [M],
    );
    await transactions.affected(`insert into invoices (merchant_id, id, public_id, number, status, network, destination, asset_code, title, subtotal, total, scale, reference_number, memo, opened_ledger, created_by, created_at, updated_at, expires_at, closed_at)
      select m.id, gen_random_uuid(), 'p' || n || m.id, 'I' || n, s.status, 'sandbox', 'G', 'XLM', 'T', 1, 1, 2, n, 'I' || n, 0, 'test', now(), now(), case when n = 4 then null else now() end, case when s.status = 'CANCELLED' then now() end
      from merchants m, (values (1, 'PENDING'), (2, 'PROCESSING'), (3, 'DRAFT'), (4, 'PENDING'), (5, 'CANCELLED')) as s (n, status)`);
    await transactions.affected(
      `insert into payment_intents (merchant_id, id, invoice_id, status, created_at, expires_at) select merchant_id, gen_random_uuid(), id, case status when 'PROCESSING' then 'open' else 'expired' end, now(), now() from invoices`,
    );
    await transactions.affected(`insert into payment_links (merchant_id, id, public_id, kind, status, network, invoice_id, amount, scale, currency, payment_methods, metadata, expires_at, created_by, created_at, updated_at)
      select m.id, gen_random_uuid(), 'l' || n || m.id, 'standard', s.status, 'sandbox', null, 1, 2, 'XLM', '{on_chain}', '{}', now(), 'test', now(), now() from merchants m, (values (1, 'active'), (2, 'inactive'), (3, 'expired')) as s (n, status)`);
    const repository = new DeadlineRepairRepository(transactions);
    const repair = new DeadlineRepairService(repository);
    // At most one of each kind, and never one that has no deadline.
    expect([await repository.repair(M[0] as string, 1), await repository.repair(M[0] as string, 1)]).toEqual([3, 2]);
    expect(await repair.run()).toBe(10);
    expect(
      await transactions.rows(
        'select merchant_id as id, kind, count(*)::int from deadlines group by 1, 2 order by 1, 2',
      ),
    ).toEqual(
      M.flatMap((id) =>
        [['intent', 1] as const, ['invoice', 2] as const, ['link', 2] as const].map(([kind, count]) => ({
          id,
          kind,
          count,
        })),
      ),
    );
    expect(await repair.run()).toBe(0);
  });
});
