import { cpuOfDatabase } from './cpu';
import type { BenchDatabase } from './processes';
import type { Round } from './rounds';

/** A round of work that this process does itself: `pieces` of it, and what each cost here and in the database. */
export async function workRound(database: BenchDatabase, pieces: number, work: () => Promise<void>): Promise<Round> {
  const used = process.cpuUsage();
  const before = cpuOfDatabase(database.postmaster);
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(used);
  const after = cpuOfDatabase(database.postmaster);
  return {
    rate: pieces / seconds,
    serverMicros: (user + system) / pieces,
    databaseMicros: before === undefined || after === undefined ? undefined : (after - before) / pieces,
  };
}
