import { MuxedAccount } from '@stellar/stellar-sdk/base';
import type { Asset } from '../../common/money';

/** Members and spellings that several Horizon records share. */
export type Json = Readonly<Record<string, unknown>>;

export interface Link {
  readonly href: string;
  readonly templated?: true;
}

export const link = (href: string): Link => ({ href });
export const templated = (href: string): Link => ({ href, templated: true });
export const pagedLink = (href: string): Link => templated(`${href}{?cursor,limit,order}`);

/** RFC 3339 in whole seconds, as Go prints it. */
export function timestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

export function assetType(asset: Asset): 'native' | 'credit_alphanum4' | 'credit_alphanum12' {
  if (asset.issuer === null) return 'native';
  return asset.code.length <= 4 ? 'credit_alphanum4' : 'credit_alphanum12';
}

/** `{prefix}asset_type` and, unless native, `_code` and `_issuer`. */
export function assetFields(asset: Asset, prefix = ''): Json {
  const type = { [`${prefix}asset_type`]: assetType(asset) };
  return asset.issuer === null
    ? type
    : { ...type, [`${prefix}asset_code`]: asset.code, [`${prefix}asset_issuer`]: asset.issuer };
}

/** `name`, and `name_muxed`, `name_muxed_id` for an M address. Go drops a zero: the id 0 is not printed. */
export function accountFields(address: string, name: string, muxedName = `${name}_muxed`): Json {
  if (!address.startsWith('M')) return { [name]: address };
  const muxed = MuxedAccount.fromAddress(address, '0');
  const id = muxed.id();
  return {
    [name]: muxed.baseAccount().accountId(),
    [muxedName]: address,
    ...(id === '0' ? {} : { [`${muxedName}_id`]: id }),
  };
}

/** Go's `omitempty` for muxed ids inside what the ledger prepared. */
export function withoutZeroIds(details: Json): Json {
  if (!Object.entries(details).some(([key, value]) => key.endsWith('_muxed_id') && value === '0')) return details;
  return Object.fromEntries(
    Object.entries(details).filter(([key, value]) => !(key.endsWith('_muxed_id') && value === '0')),
  );
}

/** n/d with seven decimals, rounded half up, as Horizon prints prices. */
export function priceText(n: number | bigint, d: number | bigint): string {
  const scaled = d === 0n ? 0n : (BigInt(n) * 10_000_000n * 2n + BigInt(d)) / (BigInt(d) * 2n);
  const digits = scaled.toString().padStart(8, '0');
  return `${digits.slice(0, -7)}.${digits.slice(-7)}`;
}
