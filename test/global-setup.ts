import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbedded, type EmbeddedPostgres } from '../src/database/embedded/start-embedded';
import { migrate } from '../src/database/migrate';
import { removeAbandoned, RUN_PREFIX } from './support/abandoned-runs';
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

declare global {
  var testServer: { server: EmbeddedPostgres; folder: string } | undefined;
}

/** One server for the whole run, with the migrated template that every test database is a copy of. */
export default async function globalSetup(): Promise<void> {
  await removeAbandoned();
  const folder = await mkdtemp(path.join(os.tmpdir(), RUN_PREFIX));
  const server = await startEmbedded({ dataDir: folder, settings: SETTINGS });
  globalThis.testServer = { server, folder };
  process.env['TEST_PG_URL'] = server.url;
  process.env['TEST_RUN_FOLDER'] = folder;
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${TEMPLATE}`);
  } finally {
    await client.end();
  }
  await migrate(databaseAt(server.url, TEMPLATE));
}
