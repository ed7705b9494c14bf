import type { AccountEntry, ClaimableBalanceEntry, OfferEntry, TrustlineEntry } from './contract';
import type { Entry, EntryKind, LedgerState } from './state';

/** The members of each kind that are bigint, and so decimal text in JSON. */
const BIGINT_MEMBERS: Record<EntryKind, readonly string[]> = {
  account: ['balance', 'sequence', 'sellingLiabilities', 'buyingLiabilities'],
  trustline: ['balance', 'limit', 'sellingLiabilities', 'buyingLiabilities'],
  offer: ['id', 'amount'],
  claimable_balance: ['amount'],
};

/** One row as the store keeps it. */
export function entryToJson(kind: EntryKind, entry: Entry): Record<string, unknown> {
  const json: Record<string, unknown> = { ...entry };
  for (const member of BIGINT_MEMBERS[kind]) json[member] = String(json[member]);
  return json;
}

/** Puts a stored row back. Throws when the key or the row is not one that `entryToJson` wrote. */
export function loadEntry(state: LedgerState, fullKey: string, json: unknown): void {
  const at = fullKey.indexOf(':');
  const kind = fullKey.slice(0, at);
  if (!isKind(kind) || typeof json !== 'object' || json === null) throw new Error(`not a ledger entry: ${fullKey}`);
  const row: Record<string, unknown> = { ...json };
  for (const member of BIGINT_MEMBERS[kind]) row[member] = BigInt(row[member] as string);
  state.load(
    kind,
    fullKey.slice(at + 1),
    row as unknown as AccountEntry | TrustlineEntry | OfferEntry | ClaimableBalanceEntry,
  );
}

function isKind(text: string): text is EntryKind {
  return Object.hasOwn(BIGINT_MEMBERS, text);
}
