import type { Clock } from '../../common/clock';
import { formatAmount } from '../../common/money';
import type { Network } from '../../common/network';
import { LedgerMismatch, type LedgerSource, LedgerUnavailable } from '../../stellar/ledger-source';
import type { Breach, Report } from './finding';
import { checkLedger } from './ledger-check';
import { type History, type ReadExtent, reportedHistory, storedHistory } from './ledger-history';
import { ROW_CHECKS } from './row-checks';
import type { Snapshot } from './snapshot';
import { checkPeriodDates } from './subscription-dates';
import { checkSuspense } from './suspense-check';

export interface AuditOptions {
  readonly networks: readonly Network[];
  /** Where to read a network that is not kept in this database; undefined for the sandbox this deployment hosts. */
  readonly sourceOf: (network: Network) => LedgerSource | undefined;
  /** How many ledgers of such a network to compare, counted back from where the service has read. */
  readonly ledgers: number;
  readonly clock: Clock;
}

const MAX_AGE_SECONDS = 60;

/** Every check over one snapshot. Changes nothing. */
export async function runAudit(snapshot: Snapshot, options: AuditOptions): Promise<Report> {
  const breaches: Breach[] = [];
  const notes: Report['notes'][number][] = [];
  const unchecked: string[] = [];
  for (const network of options.networks) {
    const result = await compareLedger(snapshot, network, options);
    if (typeof result === 'string') unchecked.push(result);
    else {
      breaches.push(...result.breaches);
      notes.push({ invariant: 'I1', text: result.note });
    }
  }
  for (const { invariant, says, sql } of ROW_CHECKS) {
    const rows = await snapshot.rows<{ subject: string }>(sql);
    breaches.push(...rows.map(({ subject }) => ({ invariant, text: `${says}: ${subject}` })));
  }
  breaches.push(...(await checkSuspense(snapshot)), ...(await checkPeriodDates(snapshot)));
  return {
    breaches,
    notes: [...notes, ...(await countRows(snapshot))],
    warnings: await warnings(snapshot, options),
    unchecked,
  };
}

/** A string is the reason why the network could not be compared. */
async function compareLedger(
  snapshot: Snapshot,
  network: Network,
  options: AuditOptions,
): Promise<{ breaches: readonly Breach[]; note: string } | string> {
  const history = await historyOf(snapshot, network, options);
  if (history === undefined) return `I1 ${network}: the service has not begun to read this network`;
  try {
    const { breaches, credits } = await checkLedger(snapshot, history);
    return { breaches, note: `${network}: ${history.extent}, ${credits} credits to watched accounts` };
  } catch (error) {
    if (error instanceof LedgerUnavailable || error instanceof LedgerMismatch) return `I1 ${network}: ${error.message}`;
    throw error;
  }
}

async function historyOf(
  snapshot: Snapshot,
  network: Network,
  { sourceOf, ledgers, clock }: AuditOptions,
): Promise<History | undefined> {
  const source = sourceOf(network);
  if (source === undefined) return storedHistory(snapshot);
  const [cursor] = await snapshot.rows<ReadExtent>(
    'select ledger, cursor from ledger_cursors where network = $1 and cursor is not null',
    [network],
  );
  // A sandbox hosted elsewhere is small and kept whole, like the one hosted here.
  return cursor === undefined
    ? undefined
    : reportedHistory(source, cursor, network === 'sandbox' ? cursor.ledger : ledgers, clock);
}

async function countRows(snapshot: Snapshot): Promise<Report['notes'][number][]> {
  const [row] = await snapshot.rows<Record<'invoices' | 'paid' | 'payments' | 'events' | 'merchants', bigint>>(
    `select (select count(*) from invoices) as invoices, (select count(*) from invoices where status = 'PAID') as paid, (select count(*) from payments) as payments,
       (select count(*) from events) as events, (select count(*) from merchants) as merchants`,
  );
  if (row === undefined) return [];
  return [
    { invariant: 'I2', text: `${row.invoices} invoices, ${row.paid} of them PAID` },
    { invariant: 'I3', text: `${row.payments} payments` },
    { invariant: 'I6', text: `${row.events} events` },
    { invariant: 'I11', text: `${row.merchants} merchants` },
  ];
}

async function warnings(snapshot: Snapshot, options: AuditOptions): Promise<string[]> {
  const found: string[] = [];
  const cursors = await snapshot.rows<{ network: Network; ledger: number; age: string | null }>(
    `select network, ledger, extract(epoch from now() + offset_ms * interval '1 millisecond' - ingested_through)::bigint::text as age from ledger_cursors, sandbox_clock where cursor is not null order by network`,
  );
  for (const network of options.networks) {
    const cursor = cursors.find((each) => each.network === network);
    if (cursor === undefined) found.push(`${network} has not been read yet`);
    else if (cursor.age === null || Number(cursor.age) > MAX_AGE_SECONDS)
      found.push(
        `${network} is read up to ledger ${cursor.ledger}, ${cursor.age === null ? 'never completely' : `${cursor.age} seconds ago`}: is the service running?`,
      );
  }
  const [counts] = await snapshot.rows<{ unreadable: bigint; unrecorded: bigint; waiting: bigint; suspended: bigint }>(
    `select (select count(*) from quarantined_items where credit is null) as unreadable, (select count(*) from quarantined_items where credit is not null and retry_at is null) as unrecorded,
       (select count(*) from quarantined_items where retry_at is not null) as waiting, (select count(*) from payments p where disposition = 'suspense'
         and not exists (select from payment_resolutions s where s.merchant_id = p.merchant_id and s.payment_id = p.id and s.undone_at is null)) as suspended`,
  );
  if (counts !== undefined && counts.unreadable > 0n)
    found.push(`${counts.unreadable} items of the ledger could not be understood: npm run cli -- quarantine list`);
  if (counts !== undefined && counts.unrecorded > 0n)
    found.push(
      `${counts.unrecorded} payments could not be recorded: npm run cli -- quarantine list, and retry when the cause is mended`,
    );
  if (counts !== undefined && counts.waiting > 0n)
    found.push(`${counts.waiting} payments wait for an invoice that somebody holds; the service tries them again`);
  if (counts !== undefined && counts.suspended > 0n)
    found.push(`${counts.suspended} payments wait in suspense: npm run cli -- payments suspense`);
  const strange = await snapshot.rows<{ network: string; account: string; asset: string; unexplained: bigint }>(
    'select network, account, asset, unexplained from watched_balances where unexplained > 0 order by network, account, asset',
  );
  found.push(
    ...strange.map(
      (row) =>
        `${row.account} on ${row.network} holds ${formatAmount(row.unexplained)} of ${row.asset} that no recorded payment explains`,
    ),
  );
  return found;
}
