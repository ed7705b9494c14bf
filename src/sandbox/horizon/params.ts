import { StrKey } from '@stellar/stellar-sdk/base';
import { type Amount, type Asset, NATIVE, parseAmount } from '../../common/money';
import { invalidField } from './problems';
import type { Query } from './paging';

const ACCOUNT_REASON = 'Account ID must start with `G` and contain 56 alphanum characters';
const ASSET_REASON =
  'Asset must be the string "native" or a string of the form "Code:IssuerAccountID" for issued assets.';
const ASSET_TYPE_REASON = 'Asset type must be native, credit_alphanum4 or credit_alphanum12';

/** A G address; muxed addresses are refused, as Horizon does in paths and filters. */
export function accountParam(text: string, field = 'account_id'): string {
  if (!StrKey.isValidEd25519PublicKey(text)) throw invalidField(field, ACCOUNT_REASON);
  return text;
}

export function optionalAccount(query: Query, field: string): string | undefined {
  const text = query[field];
  return text === undefined || text === '' ? undefined : accountParam(text, field);
}

/** 64 lower-case hex digits. */
export function hashParam(text: string, field = 'tx_id'): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw invalidField(field, 'invalid hash format');
  return text;
}

/** A positive int64 in decimal, as ids of operations and offers are. */
export function idParam(text: string, field: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw invalidField(field, 'unparseable value');
  return BigInt(text);
}

export function ledgerParam(text: string, field = 'ledger_id'): number {
  if (!/^\d{1,10}$/.test(text)) throw invalidField(field, 'unparseable value');
  return Number(text);
}

export function booleanParam(query: Query, field: string): boolean {
  const text = query[field] ?? '';
  if (text !== '' && text !== 'true' && text !== 'false') throw invalidField(field, 'unparseable value');
  return text === 'true';
}

/** `join=transactions` is the only join there is. */
export function joinParam(query: Query): boolean {
  const text = query['join'] ?? '';
  if (text !== '' && text !== 'transactions') throw invalidField('join', `Accepted values: transactions`);
  return text === 'transactions';
}

/** SEP-11 text: `native` or `CODE:ISSUER`. */
export function assetParam(text: string, field: string): Asset {
  if (text.toLowerCase() === 'native') return NATIVE;
  const [code = '', issuer = '', ...rest] = text.split(':');
  if (rest.length > 0 || !/^[A-Za-z0-9]{1,12}$/.test(code) || !StrKey.isValidEd25519PublicKey(issuer))
    throw invalidField(field, ASSET_REASON);
  return { code, issuer };
}

export function assetListParam(text: string, field: string): Asset[] {
  return text === '' ? [] : text.split(',').map((one) => assetParam(one, field));
}

/** `{prefix}asset_type`, `_code`, `_issuer`; undefined when none of the three is there. */
export function splitAsset(query: Query, prefix: string): Asset | undefined {
  const type = query[`${prefix}asset_type`] ?? '';
  const code = query[`${prefix}asset_code`] ?? '';
  const issuer = query[`${prefix}asset_issuer`] ?? '';
  if (type === '') {
    if (code !== '' || issuer !== '') throw invalidField(`${prefix}asset_type`, 'Missing parameter');
    return undefined;
  }
  if (type === 'native') return NATIVE;
  const longest = { credit_alphanum4: 4, credit_alphanum12: 12 }[type];
  if (longest === undefined) throw invalidField(`${prefix}asset_type`, ASSET_TYPE_REASON);
  if (!/^[A-Za-z0-9]{1,12}$/.test(code) || code.length > longest)
    throw invalidField(`${prefix}asset_code`, 'Asset code must be 1-12 alphanumeric characters');
  if (issuer === '') throw invalidField(`${prefix}asset_issuer`, 'Missing parameter');
  return { code, issuer: accountParam(issuer, `${prefix}asset_issuer`) };
}

/** As `splitAsset`, for parameters that must be there. */
export function requiredAsset(query: Query, prefix: string): Asset {
  const asset = splitAsset(query, prefix);
  if (asset === undefined) throw invalidField(`${prefix}asset_type`, ASSET_TYPE_REASON);
  return asset;
}

export function amountParam(query: Query, field: string): Amount {
  const parsed = parseAmount(query[field] ?? '');
  if (parsed === undefined || parsed.amount === 0n) throw invalidField(field, 'Amount must be positive');
  return parsed.amount;
}
