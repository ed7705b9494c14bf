import { Client } from 'pg';
import { load, loadRound, type Shot } from './load';
import { benchDatabase, startServer, startService } from './processes';
import { compare, type Round, verdict } from './rounds';
import { publicIdOf, secretOf, seedInvoices, seedMerchants } from './seed-rows';

const KEYS = 100_000;
const CONNECTIONS = 32;
const ROUND_MS = 3_000;
const BODY = JSON.stringify({
  amount: 12.5,
  asset: 'XLM',
  metadata: { title: 'Two bags of beans', reference: 'ORDER-1' },
});

/**
 * Repeating `POST /api/links` under 10^5 keys that are answered already, against one row read by primary key in bare
 * Fastify: P1's ceiling. A replay asks again who is asking, so it is two reads, and it has a body to digest.
 */
export async function p7(rounds: number): Promise<boolean> {
  console.log(`P7 idempotent replay: ${KEYS} answered keys, ${CONNECTIONS} connections`);
  const database = await benchDatabase();
  try {
    const client = new Client(database.url);
    await client.connect();
    await seedMerchants(client, 1);
    await seedInvoices(client, KEYS);
    const service = await startService(database.url);
    await load(service.url, 1, 1, () => creation('k1'));
    await client.query(
      `insert into idempotency_keys (merchant_id, scope, key, fingerprint, status, headers, body, created_at, expires_at)
       select merchant_id, scope, 'k' || n, fingerprint, status, headers, body, created_at, expires_at from idempotency_keys, generate_series(2, ${KEYS}) as n`,
    );
    await client.query('vacuum analyze idempotency_keys');
    const stored = await invoices(client);
    const ceiling = await startServer('bench/ceilings/status-server.js', { DATABASE_URL: database.url }, '/ready');
    let n = 0;
    const next = (): number => ((n++ * 7919) % KEYS) + 1;
    const ours = (): Promise<Round> => loadRound(service, CONNECTIONS, ROUND_MS, () => creation(`k${next()}`));
    const theirs = (): Promise<Round> =>
      loadRound(ceiling, CONNECTIONS, ROUND_MS, () => ({
        method: 'GET',
        path: `/api/links/${publicIdOf(next())}/status`,
      }));
    const ratio = await compare(
      { name: 'POST /api/links again', run: ours },
      { name: 'bare Fastify, one point read', run: theirs },
      rounds,
      'replays/s',
    );
    if ((await invoices(client)) !== stored) throw new Error('a replay created something');
    await client.end();
    await Promise.all([service.stop(), ceiling.stop()]);
    return verdict('P7', ratio, 0.7);
  } finally {
    await database.stop();
  }
}

function creation(key: string): Shot {
  return {
    method: 'POST',
    path: '/api/links',
    headers: { authorization: `Bearer ${secretOf(1)}`, 'idempotency-key': key },
    body: BODY,
  };
}

async function invoices(client: Client): Promise<string | undefined> {
  return (await client.query<{ n: string }>('select count(*)::text as n from invoices')).rows[0]?.n;
}
