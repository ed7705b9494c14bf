import os from 'node:os';
import { Client } from 'pg';
import { createApp } from '../src/app.setup';
import { readEnv } from '../src/env';
import { createLogger } from '../src/http/logger';
import { SubscriptionTimeService } from '../src/subscriptions/subscription-time.service';
import { load } from './load';
import { optionOf } from './options';
import { CORES, pin } from './pinning';
import { benchDatabase, startService } from './processes';
import { judge } from './report';
import { spreadOf } from './rounds';
import { seedInvoices, seedLinks, seedMerchants, seedSubscriptions } from './seed-rows';
import type { Shots } from './shots';

const SUBSCRIPTIONS = 20_000;
const LINKS = 10_000;
const CONNECTIONS = 16;
const ROUND_MS = 2_000;
/** What is told of, from what was measured. */
const TOLD = 1_000_000;
const SLOWER_AT_MOST = 2;
/** Monthly ones are opened five days ahead; by ids they are spread over a tenth of that, and nobody's comes after its start. */
const LEAD_SECONDS = 5 * 86_400;

/** Subscriptions of one merchant with one anchor are due at once, and a process of jobs opens their invoices while others poll. The ceiling is the same polls alone. */
export async function p11(rounds: number): Promise<boolean> {
  const count = optionOf('subscriptions', SUBSCRIPTIONS);
  console.log(`P11 subscriptions: ${count} with one anchor are due at once, polls over ${CONNECTIONS} connections`);
  const database = await benchDatabase();
  const client = new Client(database.url);
  await client.connect();
  await seedMerchants(client, 1);
  await seedInvoices(client, LINKS);
  await seedLinks(client);
  const service = await startService(database.url);
  const polls: Shots = { kind: 'status', links: LINKS };
  const p99 = async (): Promise<number> => (await load(service.url, CONNECTIONS, ROUND_MS, polls)).p99;
  const alone: number[] = [];
  const during: number[] = [];
  await p99();
  for (let round = 0; round < rounds; round++) alone.push(await p99());

  const env = readEnv({ NETWORKS: 'sandbox', DATABASE_URL: database.url, ROLE: 'api', DATA_DIR: os.tmpdir() });
  const app = await createApp(env, { databaseUrl: database.url, logger: createLogger('error') });
  pin(process.pid, CORES.database);
  await client.query(
    "insert into ledger_cursors (network, cursor, ingested_through) values ('sandbox', 0, now()) on conflict (network) do update set ingested_through = now()",
  );
  await seedSubscriptions(client, count);
  const start = performance.now();
  let ms: number | undefined;
  const drained = app
    .get(SubscriptionTimeService, { strict: false })
    .run('sandbox', new Date())
    .then((opened) => {
      ms = performance.now() - start;
      return opened;
    });
  // Rounds that began after the last was opened are polls alone.
  for (let round = 0; round < rounds && ms === undefined; round++) during.push(await p99());
  const opened = await drained;
  pin(process.pid, CORES.server);
  await app.close();
  await service.stop();
  await client.end();
  await database.stop();

  const [before, meanwhile] = [spreadOf(alone), spreadOf(during)];
  const perSecond = (opened / (ms ?? Number.NaN)) * 1000;
  const allSeconds = TOLD / perSecond;
  console.log(
    `  ${opened} opened, ${perSecond.toFixed(0)} a second: ${TOLD} would take ${(allSeconds / 60).toFixed(0)} min`,
  );
  const ratio = meanwhile.median / before.median;
  const met = [
    judge('P11, all opened', `${opened} of ${count}`, 'all', opened === count),
    judge(
      'P11',
      `p99 of polls ${meanwhile.median.toFixed(1)} ms, alone ${before.median.toFixed(1)} ms: ${ratio.toFixed(2)} times; ${perSecond.toFixed(0)} subscriptions/s`,
      `at most ${SLOWER_AT_MOST} times`,
      ratio <= SLOWER_AT_MOST,
    ),
    judge(
      'P11, 10^6 of one anchor (reckoned)',
      `${(allSeconds / 3600).toFixed(1)} h`,
      `before their start, ${LEAD_SECONDS / 3600} h later`,
      allSeconds < LEAD_SECONDS,
    ),
  ];
  return met.every(Boolean);
}
