import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Shape, shapeOf } from './shape';

type Json = Readonly<Record<string, unknown>>;

/** Captured single records by file name. */
const SINGLE: Readonly<Record<string, string>> = {
  'root.json': 'root',
  'account.json': 'account',
  'asset.json': 'asset',
  'ledger.json': 'ledger',
  'offer.json': 'offer',
  'order_book.json': 'order_book',
  'fee_stats.json': 'fee_stats',
  'path.json': 'path',
  'trade_aggregation.json': 'trade_aggregation',
  'claimable_balance.json': 'claimable_balance',
  'transaction.json': 'transaction',
  'transaction_failed.json': 'transaction',
  'transaction_muxed_id.json': 'transaction',
  'memo_id.json': 'transaction',
  'memo_return.json': 'transaction',
};

/** Pages whose records have no `type` to tell them by. */
const PAGED: Readonly<Record<string, string>> = {
  'trades.json': 'trade',
  'transactions.json': 'transaction',
  'claimable_balances.json': 'claimable_balance',
  'strict_receive_paths.json': 'path',
  'strict_send_paths.json': 'path',
};

/** In a collection of captures of many origins, those that are complete enough to define a shape. */
const FOLDERS = [
  'java-sdk',
  'docs-mdx/resources/operations/object',
  'horizon-v28-transactions',
  'horizon-v28-problems',
  'docs-openapi/TransactionsAsync',
];

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) =>
      statSync(path).isDirectory()
        ? filesBelow(path)
        : path.endsWith('.json') && basename(path) !== 'README.json'
          ? [path]
          : [],
    )
    .sort();
}

/** `operation:payment`, `effect:trade`; undefined for records that do not say what they are. */
export function typeOf(record: Json): string | undefined {
  if (typeof record['type'] !== 'string' || typeof record['type_i'] !== 'number') return undefined;
  return `${'transaction_successful' in record || 'source_account' in record ? 'operation' : 'effect'}:${record['type']}`;
}

/** What is no JSON object is no answer of Horizon. */
function readObject(path: string): Json | undefined {
  try {
    const body: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Json) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function samplesOf(path: string): [string, Json][] {
  const body = readObject(path);
  if (body === undefined) return [];
  const file = basename(path);
  const records = (body['_embedded'] as { records?: Json[] } | undefined)?.records;
  if (records !== undefined) {
    const page: [string, Json][] =
      body['_links'] === undefined ? [] : [['page', { _links: body['_links'], _embedded: { records: [] } }]];
    return [...page, ...records.flatMap((record): [string, Json][] => named(typeOf(record) ?? PAGED[file], record))];
  }
  if (typeof body['tx_status'] === 'string') return [[`async:${String(body['tx_status'])}`, body]];
  const problem = /^https:\/\/stellar\.org\/horizon-errors\/(.*)$/.exec(
    typeof body['type'] === 'string' ? body['type'] : '',
  );
  if (problem !== null) return [[`problem:${problem[1] ?? ''}`, body]];
  return named(typeOf(body) ?? SINGLE[file], body);
}

function named(type: string | undefined, record: Json): [string, Json][] {
  return type === undefined ? [] : [[type, record]];
}

/** Contracts, pools and inflation: the sandbox answers such operations with op_not_supported. */
const UNSUPPORTED =
  /liquidity_pool|contract|invoke_host|footprint|inflation|client_disconnected|not_implemented|submission_disabled/;

/** Any folder will do: where none of the collection's folders are in it, everything below it counts. */
function captures(folder: string): string[] {
  const known = FOLDERS.map((name) => join(folder, name)).filter((path) => existsSync(path));
  return (known.length > 0 ? known : [folder]).flatMap(filesBelow);
}

/** Shapes of every record type found below a folder of captured answers, which need not have all of them. */
export function shapesFrom(folder: string): Record<string, Shape> {
  const samples = new Map<string, Json[]>();
  for (const path of captures(folder)) {
    for (const [type, record] of samplesOf(path)) samples.set(type, [...(samples.get(type) ?? []), record]);
  }
  return Object.fromEntries(
    [...samples]
      .filter(([type]) => !UNSUPPORTED.test(type))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, records]) => [type, shapeOf(records)]),
  );
}

/**
 * Shapes of a few samples, with what is known from many: a member that may be missing elsewhere may be missing here too,
 * and one that the few happen not to have is no surprise.
 */
export function completed(
  shapes: Readonly<Record<string, Shape>>,
  known: Readonly<Record<string, Shape>>,
): Record<string, Shape> {
  const optional = (form: string): string => (form.startsWith('?') ? form : `?${form}`);
  return Object.fromEntries(
    Object.entries(shapes).map(([type, shape]) => {
      const more = Object.entries(known[type] ?? {});
      const absent = more
        .filter(([path]) => shape[path] === undefined)
        .map(([path, form]) => [path, optional(form)] as const);
      const conditional = new Set(more.filter(([, form]) => form.startsWith('?')).map(([path]) => path));
      return [
        type,
        {
          ...Object.fromEntries(absent),
          ...Object.fromEntries(
            Object.entries(shape).map(([path, form]) => [path, conditional.has(path) ? optional(form) : form]),
          ),
        },
      ];
    }),
  );
}
