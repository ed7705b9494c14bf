import { Client } from 'pg';
import { loadRound, warmUp } from './load';
import { benchDatabase, type ServerProcess, startServer, startService } from './processes';
import { compare, type Round, verdict } from './rounds';
import type { Shots } from './shots';
import { seedInvoices, seedMerchants } from './seed-rows';

const LINKS = 100_000;
const CONNECTIONS = [1, 16, 64];
const ROUND_MS = 2_000;

/** Status polls over 10^5 open links with keep-alive, against one row read by primary key in bare Fastify. */
export async function p1(rounds: number): Promise<boolean> {
  console.log(`P1 status poll: ${LINKS} open links`);
  const database = await benchDatabase();
  try {
    const client = new Client(database.url);
    await client.connect();
    await seedMerchants(client, 1);
    await seedInvoices(client, LINKS);
    await client.end();
    const service = await startService(database.url);
    const ceiling = await startServer('bench/ceilings/status-server.js', { DATABASE_URL: database.url }, '/ready');
    const shots: Shots = { kind: 'status', links: LINKS };
    await warmUp([
      [service, shots],
      [ceiling, shots],
    ]);
    const met: boolean[] = [];
    for (const connections of CONNECTIONS) {
      const run = (server: ServerProcess) => (): Promise<Round> =>
        loadRound(server, database, connections, ROUND_MS, shots);
      const comparison = await compare(
        { name: `GET /api/links/:id/status at ${connections}`, run: run(service) },
        { name: 'bare Fastify, one point read', run: run(ceiling) },
        rounds,
        'polls/s',
      );
      met.push(verdict(`P1 at ${connections}`, comparison, { ratio: 1, byCpu: true }));
    }
    await Promise.all([service.stop(), ceiling.stop()]);
    return met.every(Boolean);
  } finally {
    await database.stop();
  }
}
