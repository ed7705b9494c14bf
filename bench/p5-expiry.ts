import os from 'node:os';
import { Client } from 'pg';
import { createApp } from '../src/app.setup';
import { readEnv } from '../src/env';
import { createLogger } from '../src/http/logger';
import { ExpiryService } from '../src/payments/expiry.service';
import { load } from './load';
import { CORES, pin } from './pinning';
import { benchDatabase, startService } from './processes';
import { judge } from './report';
import { spreadOf } from './rounds';
import { seedInvoices, seedLinks, seedMerchants } from './seed-rows';
import type { Shots } from './shots';

const LINKS = 1_000_000;
const CONNECTIONS = 16;
const ROUND_MS = 2_000;
/** Long enough for the polls of a round, short enough for a whole run; the whole drain is estimated from it. */
const DRAIN_MS = 60_000;
const SLOWER_AT_MOST = 2;
const HELD_AT_MOST_MS = 50;
const LOOK_MS = 5;

/**
 * 10^6 links are due at once, and a process of jobs ends them while others poll. The ceiling is the same polls alone,
 * before and after; the locks of the jobs are told by how long their transactions stay open.
 */
export async function p5(rounds: number): Promise<boolean> {
  console.log(`P5 expiry: ${LINKS} links are due at once, polls over ${CONNECTIONS} connections`);
  const database = await benchDatabase();
  const client = new Client(database.url);
  await client.connect();
  await seedMerchants(client, 1);
  await seedInvoices(client, LINKS);
  await seedLinks(client);
  await client.query("update invoices set expires_at = now() - interval '1 minute'");
  await client.query("update payment_links set expires_at = now() - interval '1 minute'");
  await client.query(
    'update deadlines d set due_at = i.expires_at from invoices i where i.merchant_id = d.merchant_id and i.id = d.subject_id',
  );
  await client.query('vacuum analyze invoices, payment_links, deadlines');
  const service = await startService(database.url);
  const polls: Shots = { kind: 'status', links: LINKS };
  const p99 = async (): Promise<number> => (await load(service.url, CONNECTIONS, ROUND_MS, polls)).p99;
  const alone: number[] = [];
  const during: number[] = [];
  await p99();
  for (let round = 0; round < rounds; round++) alone.push(await p99());

  const env = readEnv({ NETWORKS: 'sandbox', DATABASE_URL: database.url, ROLE: 'api', DATA_DIR: os.tmpdir() });
  const app = await createApp(env, { databaseUrl: database.url, logger: createLogger('error') });
  const expiry = app.get(ExpiryService, { strict: false });
  pin(process.pid, CORES.database);
  // Deadlines are judged up to where the ledger was read: from here on all of these are due.
  await client.query(
    "insert into ledger_cursors (network, cursor, ingested_through) values ('sandbox', 0, now()) on conflict (network) do update set ingested_through = now()",
  );
  const ending = new AbortController();
  const held = longestHeld(client, ending.signal);
  const drained = drain(expiry, ending.signal);
  for (let round = 0; round < rounds; round++) during.push(await p99());
  const [left, right] = await Promise.race([drained, after(DRAIN_MS).then(() => [0, 0] as const)]);
  ending.abort();
  const [expired, ms] = left > 0 ? [left, right] : await drained;
  const heldMs = await held;
  pin(process.pid, CORES.server);
  await app.close();
  await service.stop();
  await client.end();
  await database.stop();

  const [before, meanwhile] = [spreadOf(alone), spreadOf(during)];
  const perSecond = (expired / ms) * 1000;
  console.log(
    `  ${expired} links ended in ${(ms / 1000).toFixed(0)} s, ${perSecond.toFixed(0)} a second: all ${LINKS} take ${(LINKS / perSecond).toFixed(0)} s`,
  );
  const ratio = meanwhile.median / before.median;
  const figure = `p99 of polls ${meanwhile.median.toFixed(1)} ms, alone ${before.median.toFixed(1)} ms: ${ratio.toFixed(2)} times; ${perSecond.toFixed(0)} links/s`;
  const met = [
    judge('P5', figure, `at most ${SLOWER_AT_MOST} times`, ratio <= SLOWER_AT_MOST),
    judge(
      'P5, longest transaction',
      `${heldMs.toFixed(0)} ms`,
      `at most ${HELD_AT_MOST_MS} ms`,
      heldMs <= HELD_AT_MOST_MS,
    ),
  ];
  return met.every(Boolean);
}

/** Ends what is due until nothing is or the signal says so: how many, and in how many milliseconds. */
async function drain(expiry: ExpiryService, signal: AbortSignal): Promise<readonly [number, number]> {
  const start = performance.now();
  const expired = await expiry.expire('sandbox', signal);
  return [expired, performance.now() - start];
}

/** The longest that a transaction of the service's processes was seen open, in milliseconds. */
async function longestHeld(client: Client, signal: AbortSignal): Promise<number> {
  let longest = 0;
  while (!signal.aborted) {
    const { rows } = await client.query<{ ms: number | null }>(
      `select max(extract(epoch from clock_timestamp() - xact_start) * 1000)::float8 as ms from pg_stat_activity
       where application_name like 'lumentill-%' and backend_xid is not null`,
    );
    longest = Math.max(longest, rows[0]?.ms ?? 0);
    await after(LOOK_MS);
  }
  return longest;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
