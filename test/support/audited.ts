import { type AuditOptions, runAudit } from '../../src/cli/audit/run-audit';
import type { Report } from '../../src/cli/audit/finding';
import { Snapshot } from '../../src/cli/audit/snapshot';
import { SystemClock } from '../../src/common/clock';

/** What `npm run audit` finds in a database, its sandbox network included. */
export async function audited(databaseUrl: string, options: Partial<AuditOptions> = {}): Promise<Report> {
  const snapshot = await Snapshot.open(databaseUrl);
  try {
    return await runAudit(snapshot, {
      networks: ['sandbox'],
      sourceOf: () => undefined,
      ledgers: 10_000,
      clock: new SystemClock(),
      ...options,
    });
  } finally {
    await snapshot.close();
  }
}
