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

/** What fails is thrown, and told by the one who catches it; TypeORM's own lines are none of a log in JSON. */
class NoLogger implements Logger {
  logQuery(): void {}
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

export function dataSourceOptions(
  settings: DatabaseSettings,
  connections = new Connections(limitsOf(settings)),
): DataSourceOptions {
  const target = parseDatabaseUrl(settings.url);
  const connectMs = settings.timeoutMs ?? CONNECT_MS;
  const servers = new ServerChoice(target, connectMs);
  return {
    type: 'postgres',
    url: target.servers[0],
    poolSize: settings.poolSize,
    applicationName: settings.applicationName,
    installExtensions: false,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    logger: new NoLogger(),
    extra: {
      Client: pooledClient({ connections, servers, prepare: settings.prepare }),
      ...(target.wanted === null ? {} : { onConnect: (client: never) => servers.verify(client) }),
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: connectMs,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
    },
  };
}

/** Oldest server that has everything the SQL uses. */
const OLDEST_MAJOR = 13;

/** `version` as `server_version_num` tells it. Throws when the server is too old; the message tells what to do. */
export function assertServerVersion(version: number): void {
  const major = Math.floor(version / 10_000);
  if (!(major >= OLDEST_MAJOR))
    throw new Error(`PostgreSQL ${major} is too old: Lumentill needs ${OLDEST_MAJOR} or newer (15 to 18 are tested)`);
}
