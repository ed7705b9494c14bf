import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { loadRound } from './load';
import { benchDatabase, type ServerProcess, startServer, startService } from './processes';
import { compare, type Round, verdict } from './rounds';
import { secretOf, seedInvoices, seedMerchants, seedPaidLinks } from './seed-rows';
import type { Shots } from './shots';
import { statementsPerRequest } from './statements';

const STORED = 10_000;
const PAGE = 50;
const CONNECTIONS = 16;
const ROUND_MS = 2_500;
const LIST = {
  kind: 'read',
  path: `/api/public/v1/payment_links?page%5Bsize%5D=${PAGE}&include=target,target.payments`,
  accept: 'application/vnd.api+json',
} as const satisfies Shots;

/**
 * A page of 50 payment links with their invoices and the payments of these: 150 resource objects. The ceiling
 * fetches the same rows with the same statements and tells a document of the same bytes that lies ready as an
 * object, to everybody; it neither asks who is asking nor counts a limit.
 */
export async function p3(rounds: number): Promise<boolean> {
  console.log(`P3 list: ${PAGE} links with target and target.payments, ${STORED} stored, ${CONNECTIONS} connections`);
  const database = await benchDatabase();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lumentill-bench-'));
  try {
    const client = new Client(database.url);
    await client.connect();
    await seedMerchants(client, 1);
    await seedInvoices(client, STORED);
    await seedPaidLinks(client);
    const service = await startService(database.url, { LIMIT_PARTNER_PER_MINUTE: '1000000000' });
    const document = path.join(folder, 'document.json');
    await writeFile(document, await readyDocument(service.url));
    const ceiling = await startServer(
      'bench/ceilings/list-server.js',
      { DATABASE_URL: database.url, DOCUMENT: document },
      '/ready',
    );
    const run = (server: ServerProcess) => (): Promise<Round> =>
      loadRound(server, database, CONNECTIONS, ROUND_MS, LIST);
    const comparison = await compare(
      { name: 'GET /api/public/v1/payment_links', run: run(service) },
      { name: 'the same rows, a ready document', run: run(ceiling) },
      rounds,
      'lists/s',
    );
    console.log(`  ours: ${await statementsPerRequest(client, database, service.url, LIST)}`);
    await client.end();
    await Promise.all([service.stop(), ceiling.stop()]);
    return verdict('P3', comparison, { ratio: 0.5 });
  } finally {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the service answers, after checking that it is the work this benchmark is about. */
async function readyDocument(url: string): Promise<string> {
  const answer = await fetch(`${url}${LIST.path}`, {
    headers: { accept: LIST.accept, authorization: `Bearer ${secretOf(1)}` },
  });
  const text = await answer.text();
  const { data, included } = JSON.parse(text) as { data: unknown[]; included: unknown[] };
  if (data.length !== PAGE || included.length !== 2 * PAGE)
    throw new Error(`the list has ${data.length} links and ${included.length} included`);
  return text;
}
