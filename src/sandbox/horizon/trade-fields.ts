import { type Asset, sameAsset } from '../../common/money';
import type { TradeRecord } from '../history';
import { assetFields, assetType, type Json } from './fields';

export interface TradeSide {
  readonly account: string;
  readonly asset: Asset;
  readonly amount: string;
  readonly offerId: string;
}

/** Horizon's synthetic id of an offer that never came to rest: the operation id with bit 62 set. */
const SYNTHETIC = 1n << 62n;

/** A trade is shown from the pair's point of view: base is the asset asked for, else the smaller one in Stellar's order. */
export class TradeFields {
  readonly base: TradeSide;
  readonly counter: TradeSide;
  readonly baseIsSeller: boolean;

  constructor(record: TradeRecord, base?: Asset) {
    const { details, account } = record.effect;
    const taker: TradeSide = {
      account,
      asset: assetOf(details, 'sold_'),
      amount: String(details['sold_amount']),
      offerId: (record.parent.id | SYNTHETIC).toString(),
    };
    const maker: TradeSide = {
      account: String(details['seller']),
      asset: assetOf(details, 'bought_'),
      amount: String(details['bought_amount']),
      offerId: String(details['offer_id']),
    };
    this.baseIsSeller = base === undefined ? compareAssets(maker.asset, taker.asset) < 0 : sameAsset(maker.asset, base);
    [this.base, this.counter] = this.baseIsSeller ? [maker, taker] : [taker, maker];
  }

  json(): Json {
    return {
      trade_type: 'orderbook',
      ...sideFields(this.base, 'base'),
      ...sideFields(this.counter, 'counter'),
      base_is_seller: this.baseIsSeller,
      price: this.price(),
    };
  }

  /** Counter per base, as a reduced fraction of what changed hands. */
  private price(): Json {
    const n = stroops(this.counter.amount);
    const d = stroops(this.base.amount);
    const shared = greatestDivisor(n, d);
    return shared === 0n ? { n: '0', d: '1' } : { n: (n / shared).toString(), d: (d / shared).toString() };
  }
}

function sideFields(side: TradeSide, name: string): Json {
  return {
    [`${name}_offer_id`]: side.offerId,
    [`${name}_account`]: side.account,
    [`${name}_amount`]: side.amount,
    ...assetFields(side.asset, `${name}_`),
  };
}

function assetOf(details: Json, prefix: string): Asset {
  const code = details[`${prefix}asset_code`];
  const issuer = details[`${prefix}asset_issuer`];
  return typeof code === 'string' && typeof issuer === 'string' ? { code, issuer } : { code: 'XLM', issuer: null };
}

/** Stellar's order: type, then code, then issuer. */
function compareAssets(a: Asset, b: Asset): number {
  const rank = { native: 0, credit_alphanum4: 1, credit_alphanum12: 2 };
  const keyOf = (asset: Asset): string =>
    `${rank[assetType(asset)]} ${asset.code.padEnd(12, '\0')} ${asset.issuer ?? ''}`;
  const [left, right] = [keyOf(a), keyOf(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}

function stroops(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}
