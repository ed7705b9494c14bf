import { DataSource, type DataSourceOptions } from 'typeorm';
import { MIGRATIONS } from '../../migrations';
import { PlainClient, PreparedClient } from './prepared-client';

export interface DatabaseSettings {
  readonly url: string;
  readonly poolSize: number;
  readonly prepare: boolean;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
}

/** Longest a statement, a lock wait and an idle transaction may take before the server ends them. */
const STATEMENT_TIMEOUT_MS = 15_000;
const LOCK_TIMEOUT_MS = 5_000;
const IDLE_TRANSACTION_MS = 30_000;

export function dataSourceOptions(settings: DatabaseSettings): DataSourceOptions {
  return {
    type: 'postgres',
    url: settings.url,
    poolSize: settings.poolSize,
    applicationName: settings.applicationName,
    installExtensions: false,
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    extra: {
      Client: settings.prepare ? PreparedClient : PlainClient,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: 10_000,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
    },
  };
}

/** Oldest server that has everything the SQL uses. */
const OLDEST_MAJOR = 13;

/** Throws when the server is too old; the message tells what to do. */
export async function assertServerVersion(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<{ version: string }[]>("select current_setting('server_version_num') as version");
  const major = Math.floor(Number(row?.version) / 10_000);
  if (!(major >= OLDEST_MAJOR)) throw new Error(`PostgreSQL ${major} is too old: Lumentill needs ${OLDEST_MAJOR} or newer (15 to 18 are tested)`);
}
