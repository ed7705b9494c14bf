import { Client } from 'pg';
import { feedDelay } from './feed-delay';
import { load } from './load';
import { benchDatabase, startServer, startService } from './processes';
import { compare, type Round, verdict } from './rounds';
import { secretOf, seedInvoices, seedMerchants } from './seed-rows';
import { transactionsPerRequest } from './statements';

const STORED = 10_000;
const CONNECTIONS = 16;
const ROUND_MS = 4_000;
/** Creations of one merchant take turns at its invoice counter until each is on disk, so a single one would measure the disk. */
const MERCHANTS = 64;

/** Creating a link, the whole way, against Fastify and pg running the same statements without any of our layers. */
export function p2(rounds: number): Promise<boolean> {
  return create('P2', rounds, 0.7, () => ({}));
}

/** The same under a new key each, against the statements of a key and a creation in as many round trips. */
export function p2Keyed(rounds: number): Promise<boolean> {
  let key = 0;
  return create('P2K', rounds, 0.7, () => ({ 'idempotency-key': `bench-${(key += 1)}` }));
}

async function create(
  name: string,
  rounds: number,
  goal: number,
  key: () => Readonly<Record<string, string>>,
): Promise<boolean> {
  console.log(`${name} create a link: ${CONNECTIONS} connections, ${MERCHANTS} merchants`);
  let n = 0;
  const database = await benchDatabase();
  try {
    const client = new Client(database.url);
    await client.connect();
    // One more than take part: it reads its feed.
    await seedMerchants(client, MERCHANTS + 1);
    await seedInvoices(client, STORED);
    const service = await startService(database.url);
    const ceiling = await startServer('bench/ceilings/create-server.js', { DATABASE_URL: database.url }, '/ready');
    const body = JSON.stringify({
      amount: 12.5,
      asset: 'XLM',
      metadata: { title: 'Two bags of beans', reference: 'ORDER-1' },
    });
    const shot = () => ({
      method: 'POST' as const,
      path: '/api/links',
      headers: { authorization: `Bearer ${secretOf((n++ % MERCHANTS) + 1)}`, ...key() },
      body,
    });
    let p99 = 0;
    const run = (url: string, ours: boolean) => async (): Promise<Round> => {
      const result = await load(url, CONNECTIONS, ROUND_MS, shot);
      if (ours) p99 = result.p99;
      return { rate: result.perSecond };
    };
    const ratio = await compare(
      { name: 'POST /api/links', run: run(service.url, true) },
      { name: 'Fastify + pg, the same statements', run: run(ceiling.url, false) },
      rounds,
      'links/s',
    );
    console.log(
      `  p99 under load: ${p99.toFixed(1)} ms; transactions per request: ${await transactionsPerRequest(client, service.url, 4, shot)}`,
    );
    console.log(
      `  from the answer to the feed, under load: ${await feedDelay(service.url, MERCHANTS + 1, body, load(service.url, CONNECTIONS, ROUND_MS, shot))}`,
    );
    await client.end();
    await Promise.all([service.stop(), ceiling.stop()]);
    return verdict(name, ratio, goal);
  } finally {
    await database.stop();
  }
}
