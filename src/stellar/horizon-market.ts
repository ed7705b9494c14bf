import { assetKey, formatLedgerAmount, sameAsset, type Amount, type Asset } from '../common/money';
import { amountField, assetFields } from './horizon-fields';
import { arrayOf, countOf, JsonUnreadable, objectOf, type JsonObject } from './json';
import type { OrderBook, PaymentPath, PriceLevel } from './ledger-source';

const MAX_INT32 = 2_147_483_647;

/** `<prefix>asset_type=...&...` of an asset. */
function assetQuery(prefix: string, asset: Asset): Record<string, string> {
  if (asset.issuer === null) return { [`${prefix}asset_type`]: 'native' };
  const type = asset.code.length <= 4 ? 'credit_alphanum4' : 'credit_alphanum12';
  return {
    [`${prefix}asset_type`]: type,
    [`${prefix}asset_code`]: asset.code,
    [`${prefix}asset_issuer`]: asset.issuer,
  };
}

export function orderBookPath(base: Asset, counter: Asset): string {
  const query = new URLSearchParams({
    ...assetQuery('selling_', base),
    ...assetQuery('buying_', counter),
    limit: '200',
  });
  return `/order_book?${query.toString()}`;
}

/** Throws `JsonUnreadable`. */
export function readOrderBook(record: JsonObject, base: Asset, counter: Asset): OrderBook {
  if (
    !sameAsset(assetFields(objectOf(record['base'], 'base')), base) ||
    !sameAsset(assetFields(objectOf(record['counter'], 'counter')), counter)
  ) {
    throw new JsonUnreadable('another order book than asked for');
  }
  return { bids: levels(record['bids'], 'bids'), asks: levels(record['asks'], 'asks') };
}

/** `price_r` is the exact fraction; `price` beside it is rounded and not read. */
function levels(value: unknown, name: string): PriceLevel[] {
  return arrayOf(value, name).map((each) => {
    const level = objectOf(each, name);
    const price = objectOf(level['price_r'], 'price_r');
    return {
      price: { n: priceTerm(price['n']), d: priceTerm(price['d']) },
      amount: amountField(level['amount'], 'amount'),
    };
  });
}

/** Older versions of Horizon print the terms as texts. */
function priceTerm(value: unknown): bigint {
  const term = countOf(typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value, 'price term');
  if (term === 0 || term > MAX_INT32) throw new JsonUnreadable('a price term outside int32');
  return BigInt(term);
}

export function strictReceivePath(source: string | readonly Asset[], destination: Asset, amount: Amount): string {
  const from: Record<string, string> =
    typeof source === 'string' ? { source_account: source } : { source_assets: source.map(assetKey).join(',') };
  const query = new URLSearchParams({
    ...from,
    ...assetQuery('destination_', destination),
    destination_amount: formatLedgerAmount(amount),
  });
  return `/paths/strict-receive?${query.toString()}`;
}

/** Throws `JsonUnreadable`, also when a path delivers something else than was asked for. */
export function readPaths(page: JsonObject, destination: Asset, amount: Amount): PaymentPath[] {
  return arrayOf(objectOf(page['_embedded'], '_embedded')['records'], 'records').map((each) => {
    const record = objectOf(each, 'path');
    if (
      !sameAsset(assetFields(record, 'destination_'), destination) ||
      amountField(record['destination_amount'], 'destination_amount') !== amount
    ) {
      throw new JsonUnreadable('a path to another amount than asked for');
    }
    return {
      sourceAsset: assetFields(record, 'source_'),
      sourceAmount: amountField(record['source_amount'], 'source_amount'),
      path: arrayOf(record['path'], 'path').map((hop) => assetFields(objectOf(hop, 'hop'))),
    };
  });
}
