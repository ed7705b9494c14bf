import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbedded, type EmbeddedPostgres } from '../src/database/embedded/start-embedded';
import { migrate } from '../src/database/migrate';
import { databaseAt, TEMPLATE } from './support/database';

/** Nothing outlives the run, so nothing has to reach the disk. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  max_connections: '200',
};
const PREFIX = 'lumentill-test-';

declare global {
  var testServer: { server: EmbeddedPostgres; folder: string } | undefined;
}

/** One server for the whole run, with the migrated template that every test database is a copy of. */
export default async function globalSetup(): Promise<void> {
  await removeAbandoned();
  const folder = await mkdtemp(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  const server = await startEmbedded({ dataDir: folder, settings: SETTINGS });
  globalThis.testServer = { server, folder };
  process.env['TEST_PG_URL'] = server.url;
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${TEMPLATE}`);
  } finally {
    await client.end();
  }
  await migrate(databaseAt(server.url, TEMPLATE));
}

/** A run that was killed leaves its server and its folder; both go with the next run. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(os.tmpdir())) {
    const pid = Number(/^lumentill-test-(\d+)-/.exec(name)?.[1]);
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    const folder = path.join(os.tmpdir(), name);
    if ((await stat(folder)).uid !== process.getuid?.()) continue;
    // Another run may be clearing it away at this moment; then it is gone, or the next run finds it.
    await removeServer(folder).catch(() => undefined);
  }
}

/** A server that still runs there is stopped first; what has no cluster in it (any more) has no server either. */
async function removeServer(folder: string): Promise<void> {
  if (existsSync(path.join(folder, 'postgres', 'data', 'PG_VERSION'))) await (await startEmbedded({ dataDir: folder, settings: SETTINGS })).stop();
  await rm(folder, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
