import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { EntityManager, MigrationInterface, QueryRunner } from 'typeorm';
import { type Clock, SystemClock } from '../common/clock';
import { connectTo } from './clients';
import { Connections } from './connections';
import { assertServerVersion, dataSourceOptions } from './data-source';

/** Any constant: two processes that start at once must not both migrate. Taken per transaction, so poolers are fine; by a text without parameters, which leaves no snapshot behind. */
const MIGRATION_LOCK = 7_205_759_403;
const ASK_AGAIN_MS = 200;
const LOCK_WAIT = '5s';
/** As text: a number that is nothing would be left out, and the role's own limit would hold. */
const WITHOUT_LIMITS = { statement_timeout: '0', lock_timeout: '0' };
const APPLICATION = 'lumentill-migrate';
const TABLE = 'schema_migrations';
const FOLDER = path.resolve(__dirname, '../../migrations');
/** The time of a migration is the first part of its file's name and the last of its class's. */
const FILE = /^(\d{13})-.+\.[jt]s$/;

/** Loaded when something is to be applied: nearly every start finds nothing to do. */
const migrations = (): (typeof import('../../migrations'))['MIGRATIONS'] =>
  (require('../../migrations') as typeof import('../../migrations')).MIGRATIONS;

/** With it TypeORM: 300 modules that only the migrations need. */
const typeorm = (): typeof import('typeorm') => require('typeorm') as typeof import('typeorm');

/** As the table of applied ones names them, in the order in which they are applied. */
export function migrationNames(): readonly string[] {
  return migrations().map(({ name }) => name);
}

/** The times of all migrations, as numbers in text, from the names of their files. */
export function migrationTimes(): string[] {
  return readdirSync(FOLDER).flatMap((name) => FILE.exec(name)?.[1] ?? []);
}

/** Brings the schema of the database at `url` to the newest version. Safe to run from several processes at once. */
export async function migrate(url: string, clock: Clock = new SystemClock()): Promise<string[]> {
  if (await isUpToDate(url)) return [];
  // Building an index may take an hour, and says nothing meanwhile.
  const connections = new Connections({ callerMs: Infinity, jobMs: Infinity });
  const { DataSource } = typeorm();
  const options = dataSourceOptions({ url, poolSize: 2, prepare: false, applicationName: APPLICATION }, connections);
  const lock = new DataSource({
    ...options,
    extra: { ...(options.extra as object), ...WITHOUT_LIMITS },
    migrations: migrations().map(impatient),
  });
  await lock.initialize();
  try {
    return await lock.transaction(async (manager) => {
      await manager.query('set local lock_timeout = 0');
      await manager.query('set local statement_timeout = 0');
      await manager.query('set local idle_in_transaction_session_timeout = 0');
      while (!(await isTaken(manager))) await clock.sleep(ASK_AGAIN_MS);
      const applied = await lock.runMigrations();
      return applied.map((migration) => migration.name);
    });
  } finally {
    await lock.destroy();
  }
}

type Migration = new () => MigrationInterface;

/**
 * In its transaction a change of a table has no more than a moment to begin: whoever writes stands in line behind it. What is no transaction
 * builds beside those who write, and waits for them.
 */
function impatient(Original: Migration): Migration {
  return class extends Original {
    override readonly name = Original.name;

    override async up(runner: QueryRunner): Promise<void> {
      if (this.transaction !== false) {
        await runner.query('set local statement_timeout = 0');
        await runner.query(`set local lock_timeout = '${LOCK_WAIT}'`);
      }
      await super.up(runner);
    }
  };
}

/** A statement that waited for the lock would hold a snapshot meanwhile, which an index that is built beside writers waits for: both for ever. */
async function isTaken(manager: EntityManager): Promise<boolean> {
  const [row] = await manager.query<{ taken: boolean }[]>(
    `select pg_try_advisory_xact_lock(${MIGRATION_LOCK}) as taken`,
  );
  return row?.taken === true;
}

/** Throws when the server is too old. */
async function isUpToDate(url: string): Promise<boolean> {
  const client = await connectTo(url, APPLICATION);
  try {
    const { rows: found } = await client.query<{ version: string; known: boolean }>(
      `select current_setting('server_version_num') as version, to_regclass('${TABLE}') is not null as known`,
    );
    assertServerVersion(Number(found[0]?.version));
    if (found[0]?.known !== true) return false;
    const { rows } = await client.query<{ timestamp: bigint }>(`select timestamp from ${TABLE}`);
    const applied = new Set(rows.map(({ timestamp }) => String(timestamp)));
    return migrationTimes().every((time) => applied.has(time));
  } finally {
    await client.end();
  }
}
