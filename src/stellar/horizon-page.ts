import { isAccountAddress } from './address';
import {
  decodeRecord,
  mergeCredit,
  unreadableItem,
  type DecodeContext,
  type DecodedRecord,
  type MergeDraft,
} from './horizon-decode';
import type { VerifiedTransaction } from './horizon-transaction';
import { arrayOf, isObject, JsonUnreadable, objectOf, type JsonObject } from './json';
import { LedgerUnavailable, type Credit, type CreditPage, type UnreadableItem } from './ledger-source';

/** Fetches the effects of one operation, by TOID. */
type EffectsOf = (operationId: bigint) => Promise<JsonObject>;

interface PageRequest {
  readonly cursor: bigint;
  readonly limit: number;
  readonly passphrase: string;
  readonly isWatched: ((address: string) => boolean) | undefined;
  readonly effectsOf: EffectsOf;
}

/** Records of a HAL page. Throws `LedgerUnavailable` for anything else. */
function recordsOf(page: JsonObject, limit: number): readonly unknown[] {
  try {
    const records = arrayOf(objectOf(page['_embedded'], '_embedded')['records'], 'records');
    if (records.length > limit) throw new JsonUnreadable('more records than asked for');
    return records;
  } catch (error) {
    if (error instanceof JsonUnreadable) throw new LedgerUnavailable(`Horizon's page makes no sense: ${error.message}`);
    throw error;
  }
}

/** Every address the records of a page may credit, read as text and not trusted: only to ask which of them are watched. */
export function creditedAddresses(page: JsonObject, limit: number): string[] {
  const found = new Set<string>();
  for (const record of recordsOf(page, limit)) {
    if (!isObject(record)) continue;
    const changes: readonly unknown[] = Array.isArray(record['asset_balance_changes'])
      ? record['asset_balance_changes']
      : [];
    const named = [
      record['to'],
      record['account'],
      record['into'],
      ...changes.map((change) => (isObject(change) ? change['to'] : undefined)),
    ];
    for (const address of named) if (typeof address === 'string' && isAccountAddress(address)) found.add(address);
  }
  return [...found];
}

/**
 * Reads one page of the payments feed. A record that cannot be read is kept aside and the cursor passes over it;
 * a page that goes back or repeats itself is refused whole, because its cursor could not be trusted.
 */
export async function readCreditPage(page: JsonObject, request: PageRequest): Promise<CreditPage> {
  const records = recordsOf(page, request.limit);
  const context: DecodeContext = { passphrase: request.passphrase, isWatched: request.isWatched };
  let cursor = request.cursor;
  let lastClosedAt: Date | null = null;
  const decoded = records.map((record) => {
    const item = decodeRecord(record, context, cursor);
    if (item.operationId !== null && item.operationId <= cursor)
      throw new LedgerUnavailable('Horizon sent records out of order');
    cursor = item.operationId ?? cursor;
    lastClosedAt = item.closedAt ?? lastClosedAt;
    return { record, item };
  });
  const content = await gather(decoded, request.effectsOf);
  return { ...content, cursor, records: records.length, lastClosedAt };
}

/** Credits of all operations of one transaction, which is verified already. A failed one moved nothing. */
export async function readOperations(
  page: JsonObject,
  transaction: VerifiedTransaction,
  passphrase: string,
  effectsOf: EffectsOf,
): Promise<Gathered> {
  const records = recordsOf(page, 100);
  if (records.length !== transaction.operationCount)
    throw new LedgerUnavailable('Horizon has not all operations of the transaction');
  if (!transaction.successful) return { credits: [], unreadable: [] };
  const context: DecodeContext = { passphrase, transaction };
  return gather(
    records.map((record, index) => ({ record, item: decodeRecord(record, context, BigInt(index + 1)) })),
    effectsOf,
  );
}

interface Gathered {
  readonly credits: readonly Credit[];
  readonly unreadable: readonly UnreadableItem[];
}

async function gather(
  decoded: readonly { readonly record: unknown; readonly item: DecodedRecord }[],
  effectsOf: EffectsOf,
): Promise<Gathered> {
  const credits: Credit[] = [];
  const unreadable: UnreadableItem[] = [];
  for (const { record, item } of decoded) {
    credits.push(...item.credits);
    if (item.unreadable !== null) unreadable.push(item.unreadable);
    if (item.merge === null) continue;
    const merged = await completeMerge(item.merge, record, effectsOf);
    if (merged === null) continue;
    if (isUnreadable(merged)) unreadable.push(merged);
    else credits.push(merged);
  }
  return { credits, unreadable };
}

async function completeMerge(
  merge: MergeDraft,
  record: unknown,
  effectsOf: EffectsOf,
): Promise<Credit | UnreadableItem | null> {
  const effects = await effectsOf(merge.operationId);
  try {
    return mergeCredit(merge, effects);
  } catch (error) {
    if (!(error instanceof JsonUnreadable)) throw error;
    return unreadableItem(isObject(record) ? { ...record, effects } : record, merge.operationId, error.message);
  }
}

function isUnreadable(value: Credit | UnreadableItem): value is UnreadableItem {
  return 'raw' in value;
}
