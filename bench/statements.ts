import { open, stat } from 'node:fs/promises';
import type { Client } from 'pg';
import { load } from './load';
import type { BenchDatabase } from './processes';
import type { Shots } from './shots';

const REQUESTS = 200;
/** The server writes its log beside the answer, and a reload takes a moment to reach every connection. */
const SETTLE_MS = 700;
const HEAD_CHARACTERS = 100;

/**
 * The statements of one request after the other, counted in the database's own log, as text: how many each takes, and
 * which. What jobs ask beside them shows as a small fraction. BEGIN and COMMIT are round trips, so they count.
 */
export async function statementsPerRequest(
  client: Client,
  database: BenchDatabase,
  url: string,
  shots: Shots,
): Promise<string> {
  await setLogging(client, "'all'", "'@%a@ '");
  const from = (await stat(database.logFile)).size;
  const { requests } = await load(url, 1, 60_000, shots, REQUESTS);
  await pause();
  const counts = countIn(await readFrom(database.logFile, from));
  await setLogging(client, 'default', 'default');
  const all = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const lines = [...counts]
    .filter(([, n]) => n >= requests / 10)
    .map(([head, n]) => `    ${(n / requests).toFixed(2)}  ${head}`);
  return [`${(all / requests).toFixed(2)} statements a request, by the log of the database:`, ...lines].join('\n');
}

async function setLogging(client: Client, statements: string, prefix: string): Promise<void> {
  await client.query(`alter system set log_statement = ${statements}`);
  await client.query(`alter system set log_line_prefix = ${prefix}`);
  await client.query('select pg_reload_conf()');
  await pause();
}

const STATEMENT = /^@lumentill[^@]*@ LOG: {2}(?:execute [^:]+|statement): ([^]*?)(?=^@)/gm;

function countIn(log: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, text = ''] of `${log}\n@`.matchAll(STATEMENT)) {
    const head = text.replace(/\s+/g, ' ').trim().slice(0, HEAD_CHARACTERS);
    counts.set(head, (counts.get(head) ?? 0) + 1);
  }
  return counts;
}

async function readFrom(file: string, offset: number): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(size - offset);
    await handle.read(bytes, 0, bytes.length, offset);
    return bytes.toString('utf8');
  } finally {
    await handle.close();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}
