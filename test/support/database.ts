import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { begin } from './hooks';

/** The migrated, empty database that every test database is a copy of. */
export const TEMPLATE = 'template_app';

export interface TestDatabase {
  readonly url: string;
  /** Ends every session that is still open in it. */
  drop(): Promise<void>;
}

/** A database of one's own, in about 30 ms: with the newest schema and no rows, or what another template holds (`template0`: nothing). Drop it in `afterAll`. */
export async function testDatabase(template = TEMPLATE): Promise<TestDatabase> {
  const server = process.env['TEST_PG_URL'];
  if (server === undefined) throw new Error('no test server: run the tests with "npm test"');
  const name = `t_${randomBytes(6).toString('hex')}`;
  // Copying files beats copying through the log because the server does not wait for the disk.
  await statement(server, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  return { url: databaseAt(server, name), drop: begin(() => statement(server, `DROP DATABASE ${name} WITH (FORCE)`)) };
}

/** The same server and login, another database. */
export function databaseAt(url: string, database: string): string {
  const target = new URL(url);
  target.pathname = `/${database}`;
  return target.toString();
}

async function statement(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
