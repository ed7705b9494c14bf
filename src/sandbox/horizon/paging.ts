import { afterLedger, toid } from '../toid';
import { firstAfter, type HistoryRecord } from '../history';
import { invalidField, problem } from './problems';

export type Order = 'asc' | 'desc';
export type Query = Readonly<Record<string, string | undefined>>;

export interface PageQuery {
  /** As it goes into the links; empty when none was given. */
  readonly cursor: string;
  readonly order: Order;
  /** 1..200. */
  readonly limit: number;
}

/** Which ledgers may be shown: faults move both ends. */
export interface Window {
  readonly elder: number;
  readonly latest: number;
}

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 200;
const MAX_SUB = Number.MAX_SAFE_INTEGER;
const MAX_INT64 = 9_223_372_036_854_775_807n;

/** Reads `cursor`, `order` and `limit` with Horizon's own complaints. */
export function pageQuery(query: Query, latest: number, lastEventId?: string, maxLimit = MAX_LIMIT): PageQuery {
  const asked = query['cursor'] === 'now' ? afterLedger(latest).toString() : (query['cursor'] ?? '');
  const cursor = lastEventId === undefined || lastEventId === '' ? asked : lastEventId;
  if (/^-\d+$/.test(cursor)) throw invalidField('cursor', `the cursor ${cursor} is a negative number: `);
  const order = query['order'] ?? '';
  if (order !== '' && order !== 'asc' && order !== 'desc') throw invalidField('order', 'order: invalid value');
  return { cursor, order: order === 'desc' ? 'desc' : 'asc', limit: readLimit(query['limit'] ?? '', maxLimit) };
}

function readLimit(text: string, max: number): number {
  if (text === '') return DEFAULT_LIMIT;
  if (!/^[+-]?\d{1,18}$/.test(text)) throw invalidField('limit', 'unparseable value');
  const limit = Number(text);
  if (limit <= 0) throw invalidField('limit', 'invalid limit: non-positive value provided');
  if (limit > max) throw invalidField('limit', `invalid limit: value provided that is over limit max of ${max}`);
  return limit;
}

/**
 * Places a history cursor. Ascending cursors before the kept history are moved to its start without a word, as
 * Horizon does; descending ones are answered 410.
 */
export function placeCursor(page: PageQuery, window: Window): PageQuery {
  if (page.cursor === '' && page.order === 'desc') return page;
  const start = afterLedger(Math.max(0, window.elder - 1)).toString();
  if (page.cursor === '') return { ...page, cursor: start };
  if (cursorPosition(page.cursor).id > toid(window.elder)) return page;
  if (page.order === 'desc') throw problem('before_history');
  return { ...page, cursor: start };
}

function cursorPosition(cursor: string): { id: bigint; sub: number } {
  const match = /^(\d{1,19})(?:-(\d{1,15}))?$/.exec(cursor);
  if (match === null) throw invalidField('cursor', 'invalid value');
  const id = BigInt(match[1] as string);
  if (id > MAX_INT64) throw invalidField('cursor', 'invalid value');
  return { id, sub: match[2] === undefined ? MAX_SUB : Number(match[2]) };
}

/**
 * One page of an ascending history list, the cursor excluded. `paired` lists (effects, trades) have two-part
 * cursors; a one-part cursor then stands behind everything of that operation.
 */
export function pageOf<Kept extends HistoryRecord>(
  records: readonly Kept[],
  page: PageQuery,
  window: Window,
  options: { readonly paired?: boolean; readonly keep?: (record: Kept) => boolean } = {},
): Kept[] {
  const start = firstAfter(records, afterLedger(window.elder - 1), MAX_SUB);
  const end = firstAfter(records, afterLedger(window.latest), MAX_SUB);
  const position = page.cursor === '' ? { id: MAX_INT64, sub: MAX_SUB } : cursorPosition(page.cursor);
  const sub = options.paired === true ? position.sub : 0;
  const found: Kept[] = [];
  const take = (record: Kept | undefined): void => {
    if (record !== undefined && (options.keep?.(record) ?? true)) found.push(record);
  };
  if (page.order === 'asc') {
    for (
      let at = Math.max(start, firstAfter(records, position.id, sub));
      at < end && found.length < page.limit;
      at += 1
    )
      take(records[at]);
  } else {
    for (
      let at = Math.min(end, firstAfter(records, position.id, sub - 1)) - 1;
      at >= start && found.length < page.limit;
      at -= 1
    )
      take(records[at]);
  }
  return found;
}

/** What is listed from current state: ordered by `key`, shown by `token`. */
export interface StateItem {
  readonly key: string;
  readonly token: string;
}

/** One page of current state. `keyOf` turns a cursor into a key, undefined for a cursor of another list. */
export function pageOfState<Item extends StateItem>(
  items: readonly Item[],
  page: PageQuery,
  keyOf: (cursor: string) => string | undefined,
): Item[] {
  const sorted = [...items].sort((a, b) => (a.key < b.key ? -1 : 1));
  if (page.order === 'desc') sorted.reverse();
  if (page.cursor === '') return sorted.slice(0, page.limit);
  const key = keyOf(page.cursor);
  if (key === undefined) throw invalidField('cursor', 'cursor: invalid value');
  return sorted.filter((item) => (page.order === 'asc' ? item.key > key : item.key < key)).slice(0, page.limit);
}

/** Go's `url.Values.Encode`: sorted by key, a space becomes a plus. */
function encodeQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.keys(parameters)
    .sort()
    .map((key) => `${encode(key)}=${encode(parameters[key] ?? '')}`)
    .join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/%20/g, '+')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The HAL page around records that are JSON already. All three links are always there; on an empty page next is self. */
export function renderPage(
  url: string,
  query: Query,
  page: PageQuery,
  records: readonly string[],
  tokens: readonly string[],
): string {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(query)) if (value !== undefined) kept[key] = value;
  const link = (cursor: string, order: Order): { href: string } => ({
    href: `${url}?${encodeQuery({ ...kept, cursor, order, limit: String(page.limit) })}`,
  });
  const links = {
    self: link(page.cursor, page.order),
    next: link(tokens.at(-1) ?? page.cursor, page.order),
    prev: link(tokens[0] ?? page.cursor, page.order === 'asc' ? 'desc' : 'asc'),
  };
  return `{"_links":${JSON.stringify(links)},"_embedded":{"records":[${records.join(',')}]}}`;
}
