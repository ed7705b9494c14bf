import { type Amount, type Asset, formatLedgerAmount, sameAsset } from '../../common/money';
import type { TradeRecord } from '../history';
import { type Json, priceText } from './fields';
import type { Query } from './paging';
import { invalidField } from './problems';
import { TradeFields } from './trade-fields';

/** Bucket sizes Horizon accepts, in milliseconds: 1 and 5 minutes, 15 minutes, an hour, a day, a week. */
const RESOLUTIONS = new Set([60_000, 300_000, 900_000, 3_600_000, 86_400_000, 604_800_000]);

interface Price {
  /** Counter and base stroops of one trade. */
  readonly n: bigint;
  readonly d: bigint;
}

interface Bucket {
  readonly timestamp: number;
  trades: number;
  base: Amount;
  counter: Amount;
  high: Price;
  low: Price;
  readonly open: Price;
  close: Price;
}

/** Trades of one pair put together by time, oldest first. Throws the problem of a bad resolution. */
export function tradeAggregations(trades: readonly TradeRecord[], query: Query, base: Asset, counter: Asset): Json[] {
  const resolution = Number(query['resolution'] ?? '');
  if (!RESOLUTIONS.has(resolution))
    throw invalidField(
      'resolution',
      'illegal or missing resolution. allowed resolutions are: 1 minute (60000), 5 minutes (300000), 15 minutes (900000), 1 hour (3600000), 1 day (86400000) and 1 week (604800000)',
    );
  const offset = milliseconds(query, 'offset', 0);
  const [start, end] = [milliseconds(query, 'start_time', 0), milliseconds(query, 'end_time', Number.MAX_SAFE_INTEGER)];
  const buckets = new Map<number, Bucket>();
  for (const record of trades) {
    const fields = new TradeFields(record, base);
    const time = record.parent.parent.transaction.closeTime * 1000;
    if (time < start || time >= end || !sameAsset(fields.base.asset, base) || !sameAsset(fields.counter.asset, counter))
      continue;
    const timestamp = Math.floor((time - offset) / resolution) * resolution + offset;
    addTrade(buckets, timestamp, stroops(fields.base.amount), stroops(fields.counter.amount));
  }
  return [...buckets.values()].map(bucketJson);
}

function addTrade(buckets: Map<number, Bucket>, timestamp: number, base: Amount, counter: Amount): void {
  const price = { n: counter, d: base };
  const bucket = buckets.get(timestamp) ?? {
    timestamp,
    trades: 0,
    base: 0n,
    counter: 0n,
    high: price,
    low: price,
    open: price,
    close: price,
  };
  buckets.set(timestamp, bucket);
  bucket.trades += 1;
  bucket.base += base;
  bucket.counter += counter;
  if (price.n * bucket.high.d > bucket.high.n * price.d) bucket.high = price;
  if (price.n * bucket.low.d < bucket.low.n * price.d) bucket.low = price;
  bucket.close = price;
}

function bucketJson({ timestamp, trades, base, counter, high, low, open, close }: Bucket): Json {
  return {
    timestamp: String(timestamp),
    trade_count: String(trades),
    base_volume: formatLedgerAmount(base),
    counter_volume: formatLedgerAmount(counter),
    avg: priceText(counter, base),
    ...priceFields('high', high),
    ...priceFields('low', low),
    ...priceFields('open', open),
    ...priceFields('close', close),
  };
}

function priceFields(name: string, { n, d }: Price): Json {
  return { [name]: priceText(n, d), [`${name}_r`]: { n: n.toString(), d: d.toString() } };
}

function milliseconds(query: Query, field: string, fallback: number): number {
  const text = query[field] ?? '';
  if (text === '') return fallback;
  if (!/^\d{1,15}$/.test(text)) throw invalidField(field, 'unparseable value');
  return Number(text);
}

function stroops(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}
