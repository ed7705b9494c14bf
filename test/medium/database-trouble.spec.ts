import { DataSource } from 'typeorm';
import { SystemClock } from '../../src/common/clock';
import { DomainError } from '../../src/common/errors';
import { Connections } from '../../src/database/connections';
import { dataSourceOptions } from '../../src/database/data-source';
import { isDatabaseAway } from '../../src/database/database-errors';
import { patiently } from '../../src/database/patience';
import { Transactions } from '../../src/database/transactions';
import { type TestDatabase, testDatabase } from '../support/database';
import { DatabaseProxy } from '../support/database-proxy';
import { poolOf } from '../support/pool-of';

/** Short enough to be waited for, long enough for a slow machine to answer what can be answered. */
const LIMIT_MS = 4_000;
const LONG_MS = 300_000;

describe('a database in trouble', () => {
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  const opened: DataSource[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    proxy = await DatabaseProxy.start(database.url);
  });

  afterEach(async () => {
    proxy.cut = undefined;
    proxy.thaw();
    for (const source of opened.splice(0)) await source.destroy();
  });

  afterAll(async () => {
    await proxy.stop();
    await database.drop();
  });

  async function open(
    options: { poolSize?: number; prepare?: boolean; callerMs?: number; connectMs?: number } = {},
  ): Promise<{ transactions: Transactions; connections: Connections; source: DataSource }> {
    const connections = new Connections({ callerMs: options.callerMs ?? LIMIT_MS, jobMs: 600_000 });
    const source = new DataSource(
      dataSourceOptions(
        {
          url: proxy.urlOf(database.url),
          poolSize: options.poolSize ?? 2,
          prepare: options.prepare ?? true,
          applicationName: 'test',
          timeoutMs: options.connectMs ?? LONG_MS,
        },
        connections,
      ),
    );
    opened.push(await source.initialize());
    return { transactions: new Transactions(poolOf(source), new SystemClock(), connections), connections, source };
  }

  async function failureOf(work: Promise<unknown>): Promise<DomainError> {
    const failure: unknown = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(failure instanceof DomainError))
      throw new Error(`expected a condition of the catalogue, not ${String(failure)}`);
    return failure;
  }

  it('a named statement that a pooler has lost is told with the setting that helps', async () => {
    const { transactions } = await open({ poolSize: 1, callerMs: LONG_MS });
    expect(await transactions.rows('select $1::int as n', [1])).toEqual([{ n: 1 }]);
    await transactions.affected('deallocate all');
    const failure = await failureOf(transactions.rows('select $1::int as n', [2]));
    expect([failure.code, (failure.cause as Error).message]).toEqual([
      'database_busy',
      expect.stringMatching(/prepared statement "q\w+" does not exist.*DATABASE_PREPARE=0/),
    ]);
    // Nothing that was to be written is to blame: the reader waits, and puts no payment in quarantine for it.
    expect(isDatabaseAway(failure)).toBe(true);
    const without = await open({ poolSize: 1, prepare: false, callerMs: LONG_MS });
    await without.transactions.rows('select $1::int as n', [1]);
    await without.transactions.affected('deallocate all');
    expect(await without.transactions.rows('select $1::int as n', [2])).toEqual([{ n: 2 }]);
  });

  it('a statement that a caller waits for has a limit, its connection is not used again, and the server is told to stop', async () => {
    const { transactions } = await open({ poolSize: 1 });
    const [before] = await transactions.rows<{ pid: number }>('select pg_backend_pid() as pid');
    const failure = await failureOf(transactions.rows('select pg_sleep(600)'));
    expect([failure.code, (failure.cause as Error).message]).toEqual([
      'database_busy',
      `the database gave no answer within ${LIMIT_MS} ms`,
    ]);
    expect(isDatabaseAway(failure)).toBe(true);
    const { transactions: others } = await open({ callerMs: LONG_MS });
    for (;;) {
      const [row] = await others.rows<{ sleeping: bigint }>(
        `select count(*) as sleeping from pg_stat_activity where datname = current_database() and query like 'select pg_sleep(600)%' and state = 'active'`,
      );
      if (row?.sleeping === 0n) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const [after] = await transactions.rows<{ pid: number }>('select pg_backend_pid() as pid');
    expect(after?.pid).not.toBe(before?.pid);
  });

  it('the work of a job may take longer', async () => {
    const { transactions } = await open();
    expect(
      await patiently(() =>
        transactions.rows<{ done: string }>(`select 'done' as done from pg_sleep(${LIMIT_MS / 1000 + 1})`),
      ),
    ).toEqual([{ done: 'done' }]);
  });

  it.each<['silent' | 'after' | 'before', string]>([
    ['silent', 'no answer'],
    ['after', 'an end'],
    ['before', 'an end before the server had it'],
  ])('a commit that gets %s in place of its answer is unknown, and not done twice', async (cut) => {
    const { transactions } = await open();
    await transactions.affected('create table if not exists marks (mark text)');
    await transactions.affected('delete from marks');
    let runs = 0;
    proxy.cut = cut;
    const failure = await failureOf(
      transactions.run(async () => {
        runs += 1;
        await transactions.affected(`insert into marks values ('once')`);
      }),
    );
    proxy.cut = undefined;
    expect([failure.code, failure.status, failure.retryAfterSeconds, runs, isDatabaseAway(failure)]).toEqual([
      'outcome_unknown',
      503,
      1,
      1,
      true,
    ]);
    const [row] = await transactions.rows<{ marks: bigint }>('select count(*) as marks from marks');
    expect(row?.marks).toBe(cut === 'before' ? 0n : 1n);
  });

  it('a change of its own whose answer is lost is unknown; a read, or one that was never sent, is not', async () => {
    const { transactions } = await open({ poolSize: 1, connectMs: 3 * LIMIT_MS });
    await transactions.affected('create table if not exists slow (n int)');
    const lost = await failureOf(transactions.affected('insert into slow select 1 from pg_sleep(600)'));
    expect(lost.code).toBe('outcome_unknown');
    proxy.freeze();
    const codes = await Promise.all(
      [transactions.rows('select 1 as n'), transactions.affected('insert into slow values (2)')].map(
        async (work) => (await failureOf(work)).code,
      ),
    );
    expect(codes).toEqual(['database_busy', 'database_busy']);
  });

  it('a database that takes no writes is 503, and the connection that said so is left', async () => {
    const { transactions } = await open({ poolSize: 1, callerMs: LONG_MS });
    await transactions.affected('create table if not exists kept (n int)');
    const failure = await failureOf(
      transactions.run(async () => {
        await transactions.affected('set transaction read only');
        await transactions.affected('insert into kept values (1)');
      }),
    );
    expect(failure.code).toBe('database_busy');
    expect(await transactions.rows('select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('a process that stops waits shortly for a silent database, and then asks nothing more', async () => {
    const { transactions, connections } = await open({ callerMs: LONG_MS });
    await transactions.rows('select 1');
    proxy.freeze();
    const waiting = failureOf(transactions.rows('select 2'));
    connections.hurry(300);
    expect((await waiting).code).toBe('database_busy');
    expect(connections.givenUp).toBe(true);
    expect((await failureOf(transactions.rows('select 3'))).code).toBe('database_busy');
  });
});
