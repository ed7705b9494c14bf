import { RateLimitsRepository } from '../../src/auth/rate-limits.repository';
import { RateLimitsService } from '../../src/auth/rate-limits.service';
import { DomainError } from '../../src/common/errors';
import { Transactions } from '../../src/database/transactions';
import { testDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { openDataSource, TestClock, testSettings } from './auth-fixtures';
import { poolOf } from '../support/pool-of';

/** So long that no test sees its end. */
const ENDLESS = 1_000_000_000;

let database: TestDatabase;
const opened: Awaited<ReturnType<typeof openDataSource>>[] = [];
let limiters: RateLimitsService[];
let transactions: Transactions;

beforeAll(async () => {
  database = await testDatabase();
  opened.push(await openDataSource(database.url), await openDataSource(database.url));
  const all = opened.map((source) => new Transactions(poolOf(source), new TestClock()));
  transactions = all[0] as Transactions;
  limiters = all.map((each) => new RateLimitsService(new RateLimitsRepository(each), testSettings()));
});

afterAll(async () => {
  await Promise.all(opened.map((source) => source.destroy()));
  await database?.drop();
});

const limiter = (index = 0): RateLimitsService => limiters[index % limiters.length] as RateLimitsService;

test('counts down to zero and then refuses, without counting what it refused', async () => {
  const verdicts = [];
  for (let index = 0; index < 5; index++) verdicts.push(await limiter().take('count', 3, ENDLESS));
  expect(verdicts.map((verdict) => [verdict.allowed, verdict.remaining])).toEqual([
    [true, 2],
    [true, 1],
    [true, 0],
    [false, 0],
    [false, 0],
  ]);
  const [row] = await transactions.rows<{ used: number }>(`select used from rate_limits where key = 'count'`);
  expect(row?.used).toBe(3);
});

test('H09 1,000 at once with 59 of 60 used: exactly one more passes', async () => {
  for (let index = 0; index < 59; index++) await limiter().take('race', 60, ENDLESS);
  const verdicts = await Promise.all(
    Array.from({ length: 1000 }, (_, index) => limiter(index).take('race', 60, ENDLESS)),
  );
  expect(verdicts.filter((verdict) => verdict.allowed)).toHaveLength(1);
});

test('H09 reading, comparing and then writing, which is what the limiter must not do, lets more through', async () => {
  await transactions.affected(`insert into rate_limits values ('naive', to_timestamp(0), 59)`);
  const naive = async (): Promise<boolean> => {
    const [row] = await transactions.rows<{ used: number }>(`select used from rate_limits where key = 'naive'`);
    if ((row?.used ?? 0) >= 60) return false;
    await transactions.affected(`update rate_limits set used = used + 1 where key = 'naive'`);
    return true;
  };
  const passed = await Promise.all(Array.from({ length: 100 }, naive));
  expect(passed.filter(Boolean).length).toBeGreaterThan(1);
});

test('H08 two processes share one limit', async () => {
  const verdicts = [];
  for (let index = 0; index < 80; index++) verdicts.push(await limiter(index).take('shared', 60, ENDLESS));
  expect(verdicts.filter((verdict) => verdict.allowed)).toHaveLength(60);
});

test('H08 keys do not share a counter', async () => {
  await limiter().take('key-a', 1, ENDLESS);
  expect((await limiter().take('key-a', 1, ENDLESS)).allowed).toBe(false);
  expect((await limiter().take('key-b', 1, ENDLESS)).allowed).toBe(true);
});

test('H09 keys that are counted together keep their own limits and places, in two processes', async () => {
  const asked = Array.from({ length: 240 }, (_, index) => ({
    key: `together ${(index * 7) % 24}`,
    limit: index % 2 === 0 ? 7 : 70,
  }));
  const verdicts = await Promise.all(
    asked.map(({ key, limit }, index) => limiter(index >> 1).take(`${key} of ${limit}`, limit, ENDLESS)),
  );
  const left = Map.groupBy(
    verdicts.map(({ allowed, remaining }, index) => ({
      ...(asked[index] as (typeof asked)[number]),
      allowed,
      remaining,
    })),
    ({ key, limit }) => `${key} of ${limit}`,
  );
  for (const [key, all] of left) {
    const limit = all[0]?.limit ?? 0;
    const passed = all.filter(({ allowed }) => allowed).map(({ remaining }) => remaining);
    expect([key, passed.toSorted((a, b) => b - a)]).toEqual([
      key,
      Array.from({ length: Math.min(limit, all.length) }, (_, place) => limit - 1 - place),
    ]);
  }
});

test('a new window begins when the old one ends, and says when that is', async () => {
  const verdict = await limiter().take('window', 1, 2);
  expect(verdict.resetSeconds).toBeGreaterThanOrEqual(1);
  expect(verdict.resetSeconds).toBeLessThanOrEqual(2);
  const next = await eventually(
    () => limiter().take('window', 1, 2),
    ({ allowed }) => allowed,
  );
  expect(next.remaining).toBe(0);
});

test('a count is undone with the transaction it was made in', async () => {
  const failed = transactions.run(async () => {
    await limiter().take('undone', 1, ENDLESS);
    throw new Error('the effect failed');
  });
  await expect(failed).rejects.toThrow('the effect failed');
  expect((await limiter().take('undone', 1, ENDLESS)).allowed).toBe(true);
});

test("enforce raises rate_limited with the fields of the limit and the rule's own sentence", async () => {
  const rule = { name: 'enforced', limit: () => 1, windowSeconds: ENDLESS, message: 'Too many pay intent requests' };
  await limiter().enforce(rule, '192.0.2.1');
  const refused = await limiter()
    .enforce(rule, '192.0.2.1')
    .catch((error: unknown) => error as DomainError);
  expect(refused).toBeInstanceOf(DomainError);
  expect(refused).toMatchObject({
    code: 'rate_limited',
    message: 'Too many pay intent requests',
    headers: { 'ratelimit-limit': '1', 'ratelimit-remaining': '0', 'ratelimit-policy': `1;w=${ENDLESS}` },
  });
  expect((refused as DomainError).retryAfterSeconds).toBeGreaterThan(0);
});

test('old windows are forgotten, running ones are not', async () => {
  await transactions.affected(
    `insert into rate_limits values ('old', now() - interval '2 days', 1), ('new', now(), 1)`,
  );
  await new RateLimitsRepository(transactions).deleteOlderThan(86_400, 100);
  const rows = await transactions.rows<{ key: string }>(`select key from rate_limits where key in ('old', 'new')`);
  expect(rows.map((row) => row.key)).toEqual(['new']);
});
