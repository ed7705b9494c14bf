import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../migrations';
import { Connections } from './connections';
import { assertServerVersion, dataSourceOptions } from './data-source';

/** As the table of applied ones names them, in the order in which they are applied. */
export const MIGRATION_NAMES: readonly string[] = MIGRATIONS.map(({ name }) => name);

/** Any constant: two processes that start at once must not both migrate. Taken per transaction, so poolers are fine. */
const MIGRATION_LOCK = 7_205_759_403;

/** Brings the schema of the database at `url` to the newest version. Safe to run from several processes at once. */
export async function migrate(url: string): Promise<string[]> {
  // Building an index may take an hour, and says nothing meanwhile.
  const connections = new Connections({ callerMs: Infinity, jobMs: Infinity });
  const lock = new DataSource(
    dataSourceOptions({ url, poolSize: 2, prepare: false, applicationName: 'lumentill-migrate' }, connections),
  );
  await lock.initialize();
  try {
    await assertServerVersion(lock);
    return await lock.transaction(async (manager) => {
      await manager.query('set local lock_timeout = 0');
      await manager.query('set local statement_timeout = 0');
      await manager.query('set local idle_in_transaction_session_timeout = 0');
      await manager.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      const applied = await lock.runMigrations();
      return applied.map((migration) => migration.name);
    });
  } finally {
    await lock.destroy();
  }
}
