import { randomBytes } from 'node:crypto';
import http from 'node:http';
import os from 'node:os';
import { Client } from 'pg';
import { createApp } from '../src/app.setup';
import { readEnv } from '../src/env';
import { createLogger } from '../src/http/logger';
import { envelopeBody, messageId } from '../src/webhooks/webhook-envelope';
import { EventNumberingService } from '../src/webhooks/event-numbering.service';
import { WebhookDispatchService } from '../src/webhooks/webhook-dispatch.service';
import { WebhookEndpointsService } from '../src/webhooks/webhook-endpoints.service';
import { signatureHeader } from '../src/webhooks/webhook-signature';
import { CORES } from './pinning';
import { benchDatabase, startServer } from './processes';
import { compare, type Round, verdict } from './rounds';
import { seedMerchants } from './seed-rows';
import { workRound } from './work';

const MERCHANTS = 16;
const EVENTS = 4_000;
const CONNECTIONS = 128;
const SECRETS_KEY = Buffer.alloc(32, 7).toString('base64');

/**
 * Deliveries per second: from committed events to recorded deliveries, claims, log and database included, against
 * a loop that signs the same bytes and posts them over kept connections to the same receiver.
 */
export async function p6(rounds: number): Promise<boolean> {
  console.log(`P6 webhooks: rounds of ${EVENTS} events of ${MERCHANTS} merchants, ${CONNECTIONS} connections`);
  const database = await benchDatabase();
  const client = new Client(database.url);
  await client.connect();
  await seedMerchants(client, MERCHANTS);
  const receiver = await startServer('bench/ceilings/webhook-receiver.js', {}, '/ready', CORES.generator);
  const env = readEnv({
    NETWORKS: 'sandbox',
    DATABASE_URL: database.url,
    ROLE: 'api',
    DATA_DIR: os.tmpdir(),
    SECRETS_KEY,
    WEBHOOKS_ALLOW_PRIVATE: '1',
  });
  const app = await createApp(env, { databaseUrl: database.url, logger: createLogger('error') });
  const { rows: merchants } = await client.query<{ id: string }>('select id from merchants');
  for (const { id } of merchants)
    await app
      .get(WebhookEndpointsService, { strict: false })
      .create(
        { merchantId: id, network: null, actor: 'operator', requestId: null },
        { network: 'sandbox', url: `${receiver.url}/hook` },
      );
  const dispatch = app.get(WebhookDispatchService, { strict: false });
  let expected = 0;
  const ours = async (): Promise<Round> => {
    expected += EVENTS;
    await client.query(SEED_EVENTS, [EVENTS / MERCHANTS]);
    await client.query('vacuum analyze events, webhook_deliveries');
    const round = await workRound(database, EVENTS, async () => {
      await app.get(EventNumberingService, { strict: false }).settle();
      await dispatch.run();
    });
    const { rows } = await client.query<{ n: string }>(
      `select count(*) as n from webhook_deliveries where status = 'delivered'`,
    );
    if (rows[0]?.n !== String(expected)) throw new Error(`${rows[0]?.n} of ${expected} were delivered`);
    return round;
  };
  const ceiling = (): Promise<Round> =>
    workRound(database, EVENTS, () => postLoop(new URL('/hook', receiver.url), EVENTS));
  const comparison = await compare(
    { name: 'from the outbox to recorded deliveries', run: ours },
    { name: 'sign and POST, kept connections', run: ceiling },
    rounds,
    'deliveries/s',
  );
  await app.close();
  await receiver.stop();
  await client.end();
  await database.stop();
  return verdict('P6', comparison, { ratio: 0.5 });
}

const DATA = {
  id: 'x'.repeat(32),
  number: 'INV-0001',
  status: 'PAID',
  previousStatus: 'PENDING',
  amount: '12.50',
  asset: { code: 'USDC', issuer: 'G'.repeat(56) },
  title: 'Two bags of beans',
  transactionHash: 'f'.repeat(64),
};

const SEED_EVENTS = `
  with written as (
    insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at)
    select m.id, gen_random_uuid(), 'invoice.paid', 'sandbox', 'invoice', gen_random_uuid(), '${JSON.stringify(DATA)}'::jsonb, now()
    from merchants m cross join generate_series(1, $1::int)
    returning merchant_id, id, subject_id
  )
  insert into event_queue (merchant_id, id, event_ids, subject_ids) select merchant_id, id, array[id], array[subject_id] from written`;

async function postLoop(url: URL, count: number): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const secret = randomBytes(32);
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await post(url, agent, secret);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  agent.destroy();
}

function post(url: URL, agent: http.Agent, secret: Buffer): Promise<void> {
  const [id, now] = [crypto.randomUUID(), new Date()];
  const body = envelopeBody({ id, type: 'invoice.paid', network: 'sandbox', createdAt: now, data: DATA }, 1);
  const [message, timestamp] = [messageId(id), Math.floor(now.getTime() / 1000)];
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    'webhook-id': message,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureHeader([secret], message, timestamp, body),
  };
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    request.on('error', reject);
    request.end(body);
  });
}
