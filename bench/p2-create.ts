import { Client } from 'pg';
import { feedDelay } from './feed-delay';
import { load, loadRound, warmUp } from './load';
import { benchDatabase, type ServerProcess, startServer, startService } from './processes';
import { compare, type Round, verdict } from './rounds';
import { seedInvoices, seedMerchants } from './seed-rows';
import { CREATION, type Shots } from './shots';
import { statementsPerRequest } from './statements';

const STORED = 10_000;
const CONNECTIONS = [1, 16, 64];
const FEED_CONNECTIONS = 16;
const ROUND_MS = 2_500;
const GOAL = 0.85;
/** Creations of one merchant take turns at its invoice counter until each is on disk, so a single one would measure the disk. */
const MERCHANTS = 64;

/** Creating a link, the whole way, against Fastify and pg by hand in two round trips. */
export function p2(rounds: number): Promise<boolean> {
  return create('P2', rounds, { kind: 'create', merchants: MERCHANTS });
}

/** The same under a new key each. */
export function p2Keyed(rounds: number): Promise<boolean> {
  return create('P2K', rounds, { kind: 'create', merchants: MERCHANTS, keys: 'bench-' });
}

async function create(name: string, rounds: number, shots: Shots): Promise<boolean> {
  console.log(`${name} create a link: ${MERCHANTS} merchants`);
  const database = await benchDatabase();
  try {
    const client = new Client(database.url);
    await client.connect();
    // One more than take part: it reads its feed.
    await seedMerchants(client, MERCHANTS + 1);
    await seedInvoices(client, STORED);
    const service = await startService(database.url);
    const ceiling = await startServer('bench/ceilings/create-server.js', { DATABASE_URL: database.url }, '/ready');
    await warmUp([
      [service, shots],
      [ceiling, shots],
    ]);
    const met: boolean[] = [];
    for (const connections of CONNECTIONS) {
      const run = (server: ServerProcess) => (): Promise<Round> =>
        loadRound(server, database, connections, ROUND_MS, shots);
      const comparison = await compare(
        { name: `POST /api/links at ${connections}`, run: run(service) },
        { name: 'Fastify + pg, two round trips', run: run(ceiling) },
        rounds,
        'links/s',
      );
      met.push(verdict(`${name} at ${connections}`, comparison, { ratio: GOAL }));
    }
    console.log(`  ours: ${await statementsPerRequest(client, database, service.url, shots)}`);
    const under = load(service.url, FEED_CONNECTIONS, ROUND_MS, shots);
    console.log(
      `  from the answer to the feed, under load: ${await feedDelay(service.url, MERCHANTS + 1, CREATION, under)}`,
    );
    await client.end();
    await Promise.all([service.stop(), ceiling.stop()]);
    return met.every(Boolean);
  } finally {
    await database.stop();
  }
}
