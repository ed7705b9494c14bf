import { existsSync } from 'node:fs';
import path from 'node:path';
import { startEmbedded } from '../database/embedded/start-embedded';
import type { Env } from '../env';
import { CommandFailure, EX_NOINPUT } from './command';

export interface OpenDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The database of this deployment: `DATABASE_URL`, or the embedded one in `DATA_DIR`, which is adopted while a
 * service runs and started otherwise. Throws `CommandFailure` when there is none yet.
 */
export async function openDatabase(env: Env): Promise<OpenDatabase> {
  if (env.databaseUrl !== null) return { url: env.databaseUrl, close: () => Promise.resolve() };
  if (!existsSync(path.join(env.dataDir, 'postgres')))
    throw new CommandFailure(
      `There is no database in ${env.dataDir}. Start the service once, or set DATA_DIR or DATABASE_URL.`,
      EX_NOINPUT,
    );
  const server = await startEmbedded({ dataDir: env.dataDir });
  return { url: server.url, close: () => server.stop() };
}
