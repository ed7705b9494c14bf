import { assetKey, formatAmount } from '../../common/money';
import { referencesOf } from '../../payments/payment-matcher';
import type { Credit } from '../../stellar/ledger-source';
import type { Breach } from './finding';
import { type History, type ReadExtent, readThrough } from './ledger-history';
import type { Snapshot } from './snapshot';

interface RecordedPayment {
  readonly operationId: bigint;
  readonly index: number;
  readonly account: string;
  readonly muxedId: string | null;
  readonly from: string;
  readonly assetCode: string;
  readonly assetIssuer: string | null;
  readonly amount: bigint;
  readonly memoType: string;
  readonly memo: Buffer;
  readonly transactionHash: string;
  readonly closedAt: Date;
}

export interface LedgerCheck {
  readonly breaches: readonly Breach[];
  readonly credits: number;
}

/** A page that was being read when the account became watched may have left it out. */
const SLACK_LEDGERS = 12;
const RECORDED = `select operation_id as "operationId", change_index as index, account, muxed_id::text as "muxedId", from_address as "from", asset_code as "assetCode",
    asset_issuer as "assetIssuer", amount, memo_type as "memoType", memo, transaction_hash as "transactionHash", closed_at as "closedAt"
  from payments where network = $1 and operation_id > $2 and operation_id <= $3`;
/** Accounts we watch, and the first ledger from which on a credit must be there whatever it says. */
const WATCHED = `select r.address, least(min(i.birth) + ${SLACK_LEDGERS + 1}, min(p.ledger)) as since
  from (select distinct address from receiving_accounts where network = $1) as r
    left join (select destination, min(coalesce(provider_ledger, opened_ledger, 0)) as birth from invoices where network = $1 group by destination) as i on i.destination = r.address
    left join (select account, min(ledger) as ledger from payments where network = $1 and invoice_id is not null and outcome <> 'predates_invoice' group by account) as p on p.account = r.address
  group by r.address`;
const NAMED = `select r.account, r.kind, r.value, coalesce(i.provider_ledger, i.opened_ledger, 0) as opened from payment_references r
    join unnest($2::text[], $3::text[], $4::text[]) as asked (account, kind, value) using (account, kind, value)
    join invoices i on i.merchant_id = r.merchant_id and i.id = r.invoice_id
  where r.network = $1`;

/** Compares what the ledger did with what is on record, chapter by chapter, in both directions (I1). */
export async function checkLedger(snapshot: Snapshot, history: History): Promise<LedgerCheck> {
  const { network } = history;
  const [cursor] = await snapshot.rows<ReadExtent>(
    'select cursor, ledger from ledger_cursors where network = $1 and cursor is not null',
    [network],
  );
  const last = cursor === undefined ? -1n : readThrough(cursor);
  const watched = new Map(
    (await snapshot.rows<{ address: string; since: number | null }>(WATCHED, [network])).map((row) => [
      row.address,
      row.since,
    ]),
  );
  const breaches: Breach[] = [];
  let credits = 0;
  for await (const chapter of history.chapters()) {
    const ours = chapter.credits.filter((credit) => watched.has(credit.account));
    credits += ours.length;
    const recorded = new Map(
      (await snapshot.rows<RecordedPayment>(RECORDED, [network, chapter.after, chapter.through])).map((row) => [
        identity(row),
        row,
      ]),
    );
    const missing = ours.filter((credit) => !recorded.has(identity(credit)) && credit.operationId <= last);
    for (const credit of await mustBeThere(snapshot, network, missing, watched))
      breaches.push(breach(network, credit, `${describe(credit)} is on the ledger and not on record`));
    for (const credit of ours) {
      const row = recorded.get(identity(credit));
      recorded.delete(identity(credit));
      const wrong = row === undefined ? [] : differences(credit, row);
      if (wrong.length > 0) breaches.push(breach(network, credit, `is on record with ${wrong.join(', ')}`));
    }
    for (const row of recorded.values())
      breaches.push(
        breach(
          network,
          row,
          `of ${formatAmount(row.amount)} ${row.assetCode} to ${row.account} is on record and not on the ledger`,
        ),
      );
  }
  return { breaches, credits };
}

/** Which of the missing credits the service had to record: not those that closed before it knew of the account. */
async function mustBeThere(
  snapshot: Snapshot,
  network: string,
  missing: readonly Credit[],
  watched: ReadonlyMap<string, number | null>,
): Promise<Credit[]> {
  if (missing.length === 0) return [];
  const references = missing.flatMap((credit) => namesOf(credit).map((name) => ({ account: credit.account, ...name })));
  const rows = await snapshot.rows<{ account: string; kind: string; value: string; opened: number }>(NAMED, [
    network,
    references.map((each) => each.account),
    references.map((each) => each.kind),
    references.map((each) => each.value),
  ]);
  const opened = new Map(rows.map((row) => [`${row.account} ${row.kind} ${row.value}`, row.opened]));
  const kept = await snapshot.rows<{ id: bigint; index: number }>(
    'select operation_id as id, change_index as index from quarantined_items where network = $1 and operation_id = any($2::bigint[])',
    [network, missing.map((credit) => credit.operationId)],
  );
  const quarantined = new Set(kept.map(({ id, index }) => `${id}/${index}`));
  return missing.filter((credit) => {
    // Kept whole: one credit, or (-1) an operation that was not understood.
    if (quarantined.has(identity(credit)) || quarantined.has(`${credit.operationId}/-1`)) return false;
    const since = watched.get(credit.account) ?? null;
    if (since !== null && credit.ledger >= since) return true;
    return namesOf(credit).some(
      (name) => credit.ledger > (opened.get(`${credit.account} ${name.kind} ${name.value}`) ?? Infinity),
    );
  });
}

function namesOf(credit: Credit): { kind: string; value: string }[] {
  const { muxed, memo } = referencesOf(credit);
  return muxed === null ? memo : [muxed, ...memo];
}

function differences(credit: Credit, row: RecordedPayment): string[] {
  const found: string[] = [];
  const compare = (what: string, actual: string | null, recorded: string | null): void => {
    if (actual !== recorded) found.push(`${what} ${recorded ?? 'none'} instead of ${actual ?? 'none'}`);
  };
  compare('amount', formatAmount(credit.amount), formatAmount(row.amount));
  compare('asset', assetKey(credit.asset), assetKey({ code: row.assetCode, issuer: row.assetIssuer }));
  compare('account', credit.account, row.account);
  compare('muxed id', credit.muxedId?.toString() ?? null, row.muxedId);
  compare('sender', credit.from, row.from);
  compare(
    'memo',
    `${credit.memo.type}:${Buffer.from(credit.memo.bytes).toString('hex')}`,
    `${row.memoType}:${row.memo.toString('hex')}`,
  );
  compare('transaction', credit.transactionHash, row.transactionHash);
  compare('close time', credit.closedAt.toISOString(), row.closedAt.toISOString());
  return found;
}

function describe(credit: Credit): string {
  return `of ${formatAmount(credit.amount)} ${credit.asset.code} to ${credit.account} in transaction ${credit.transactionHash}`;
}

function identity(of: { operationId: bigint; index: number }): string {
  return `${of.operationId}/${of.index}`;
}

function breach(network: string, of: { operationId: bigint; index: number }, text: string): Breach {
  return { invariant: 'I1', text: `${network} credit ${identity(of)} ${text}` };
}
