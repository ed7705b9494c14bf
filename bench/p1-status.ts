import { Client } from 'pg';
import { loadRound } from './load';
import { benchDatabase, type ServerProcess, startServer, startService } from './processes';
import { compare, type Round, verdict } from './rounds';
import { publicIdOf, seedInvoices, seedMerchants } from './seed-rows';

const LINKS = 100_000;
const CONNECTIONS = 32;
const ROUND_MS = 3_000;

/** Status polls over 10^5 open links with keep-alive, against one row read by primary key in bare Fastify. */
export async function p1(rounds: number): Promise<boolean> {
  console.log(`P1 status poll: ${LINKS} open links, ${CONNECTIONS} connections`);
  const database = await benchDatabase();
  try {
    const client = new Client(database.url);
    await client.connect();
    await seedMerchants(client, 1);
    await seedInvoices(client, LINKS);
    await client.end();
    const service = await startService(database.url);
    const ceiling = await startServer('bench/ceilings/status-server.js', { DATABASE_URL: database.url }, '/ready');
    let n = 0;
    const shot = (): { method: 'GET'; path: string } => ({
      method: 'GET',
      path: `/api/links/${publicIdOf(((n++ * 7919) % LINKS) + 1)}/status`,
    });
    const run = (server: ServerProcess) => (): Promise<Round> => loadRound(server, CONNECTIONS, ROUND_MS, shot);
    const ratio = await compare(
      { name: 'GET /api/links/:id/status', run: run(service) },
      { name: 'bare Fastify, one point read', run: run(ceiling) },
      rounds,
      'polls/s',
    );
    await Promise.all([service.stop(), ceiling.stop()]);
    return verdict('P1', ratio, 1);
  } finally {
    await database.stop();
  }
}
