import pg from 'pg';
import type { DataSourceOptions, Logger } from 'typeorm';
import { parseDatabaseUrl } from '../common/database-url';
import { pooledClient } from './clients';
import { Connections, JOB_MS, type SilenceLimits } from './connections';
import { ServerChoice } from './server-choice';

export interface DatabaseSettings {
  /** One server or several (`parseDatabaseUrl`). */
  readonly url: string;
  readonly poolSize: number;
  readonly prepare: boolean;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** How long a caller waits for an answer of the server; jobs and commands have JOB_MS. */
  readonly timeoutMs?: number;
}

/** Longest a statement, a lock wait and an idle transaction may take before the server ends them. */
const STATEMENT_TIMEOUT_MS = 15_000;
const LOCK_TIMEOUT_MS = 5_000;
const IDLE_TRANSACTION_MS = 30_000;
const CONNECT_MS = 10_000;

export function limitsOf({ timeoutMs }: Pick<DatabaseSettings, 'timeoutMs'>): SilenceLimits {
  return { callerMs: timeoutMs ?? JOB_MS, jobMs: Math.max(JOB_MS, timeoutMs ?? 0) };
}

function poolConfig(settings: DatabaseSettings, connections: Connections): pg.PoolConfig {
  const target = parseDatabaseUrl(settings.url);
  const connectMs = settings.timeoutMs ?? CONNECT_MS;
  const servers = new ServerChoice(target, connectMs);
  // The pool waits for it, which its types do not say.
  const verifying: object = target.wanted === null ? {} : { onConnect: (client: pg.Client) => servers.verify(client) };
  return {
    connectionString: target.servers[0],
    max: settings.poolSize,
    application_name: settings.applicationName,
    Client: pooledClient({ connections, servers, prepare: settings.prepare }),
    ...verifying,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: connectMs,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
  };
}

/** Connections for statements. Throws when none can be opened. */
export async function openPool(settings: DatabaseSettings, connections: Connections): Promise<pg.Pool> {
  const pool = new pg.Pool(poolConfig(settings, connections));
  // Nobody needs the last error of an idle connection: the next statement gets another connection.
  pool.on('error', () => undefined);
  const first = await pool.connect();
  first.release();
  return pool;
}

/** Failures are thrown, and the catcher logs them. TypeORM's own lines do not belong in a JSON log. */
class NoLogger implements Logger {
  logQuery(): void {}
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

/** For TypeORM, which brings the schema up to date over such connections. */
export function dataSourceOptions(
  settings: DatabaseSettings,
  connections = new Connections(limitsOf(settings)),
): DataSourceOptions {
  const { connectionString, max, application_name, ...extra } = poolConfig(settings, connections);
  return {
    type: 'postgres',
    url: connectionString,
    poolSize: max,
    applicationName: application_name,
    installExtensions: false,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    logger: new NoLogger(),
    extra,
  };
}

/** Oldest server that has everything the SQL uses. */
const OLDEST_MAJOR = 13;

/** `version` as in `server_version_num`. Throws when the server is too old; the message says what to do. */
export function assertServerVersion(version: number): void {
  const major = Math.floor(version / 10_000);
  if (!(major >= OLDEST_MAJOR))
    throw new Error(`PostgreSQL ${major} is too old: Lumentill needs ${OLDEST_MAJOR} or newer (15 to 18 are tested)`);
}
