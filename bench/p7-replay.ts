import { Client } from 'pg';
import { load, loadRound, warmUp } from './load';
import { benchDatabase, startServer, startService } from './processes';
import { compare, type Round, verdict } from './rounds';
import { secretOf, seedInvoices, seedMerchants } from './seed-rows';
import { CREATION, type Shots } from './shots';
import { statementsPerRequest } from './statements';

const KEYS = 100_000;
const CONNECTIONS = [1, 16, 64];
const ROUND_MS = 2_000;
const GOAL = 0.8;

/**
 * Repeating `POST /api/links` under 10^5 keys that are answered already, against one row read by primary key in bare
 * Fastify: P1's ceiling. A replay asks again who is asking, and it has a body to digest.
 */
export async function p7(rounds: number): Promise<boolean> {
  console.log(`P7 idempotent replay: ${KEYS} answered keys`);
  const database = await benchDatabase();
  try {
    const client = new Client(database.url);
    await client.connect();
    await seedMerchants(client, 1);
    await seedInvoices(client, KEYS);
    const service = await startService(database.url);
    await answerFirst(service.url);
    await client.query(
      `insert into idempotency_keys (merchant_id, scope, key, fingerprint, status, headers, body, created_at, expires_at)
       select merchant_id, scope, 'k' || n, fingerprint, status, headers, body, created_at, expires_at from idempotency_keys, generate_series(2, ${KEYS}) as n`,
    );
    await client.query('vacuum analyze idempotency_keys');
    const stored = await invoices(client);
    const ceiling = await startServer('bench/ceilings/status-server.js', { DATABASE_URL: database.url }, '/ready');
    const replays: Shots = { kind: 'replay', keys: KEYS };
    const polls: Shots = { kind: 'status', links: KEYS };
    await warmUp([
      [service, replays],
      [ceiling, polls],
    ]);
    const met: boolean[] = [];
    for (const connections of CONNECTIONS) {
      const ours = (): Promise<Round> => loadRound(service, database, connections, ROUND_MS, replays);
      const theirs = (): Promise<Round> => loadRound(ceiling, database, connections, ROUND_MS, polls);
      const comparison = await compare(
        { name: `POST /api/links again at ${connections}`, run: ours },
        { name: 'bare Fastify, one point read', run: theirs },
        rounds,
        'replays/s',
      );
      met.push(verdict(`P7 at ${connections}`, comparison, { ratio: GOAL }));
    }
    console.log(`  ours: ${await statementsPerRequest(client, database, service.url, replays)}`);
    await load(service.url, 1, 1, replays);
    if ((await invoices(client)) !== stored) throw new Error('a replay created something');
    await client.end();
    await Promise.all([service.stop(), ceiling.stop()]);
    return met.every(Boolean);
  } finally {
    await database.stop();
  }
}

/** The answer that all keys will have. */
async function answerFirst(url: string): Promise<void> {
  const answer = await fetch(`${url}/api/links`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secretOf(1)}`,
      'content-type': 'application/json',
      'idempotency-key': 'k1',
    },
    body: CREATION,
  });
  if (answer.status !== 201) throw new Error(`POST /api/links answered ${answer.status}: ${await answer.text()}`);
}

async function invoices(client: Client): Promise<string | undefined> {
  return (await client.query<{ n: string }>('select count(*)::text as n from invoices')).rows[0]?.n;
}
