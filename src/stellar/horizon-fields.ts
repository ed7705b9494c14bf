import { parseInstant } from '../common/clock';
import { NATIVE, parseAmount, type Amount, type Asset } from '../common/money';
import { isAccountAddress, parseMuxed } from './address';
import { integerOf, JsonUnreadable, textOf, type JsonObject } from './json';

/** The values Horizon repeats everywhere, each with its one legal spelling. All throw `JsonUnreadable`. */

const LEDGER_AMOUNT = /^\d{1,12}\.\d{7}$/;
const HASH = /^[0-9a-f]{64}$/;
const ASSET_CODE = /^[A-Za-z0-9]{1,12}$/;

/** Exactly seven decimals, not negative. A JSON number is refused: it has been through a float. */
export function amountField(value: unknown, name: string): Amount {
  const text = textOf(value, name);
  const parsed = LEDGER_AMOUNT.test(text) ? parseAmount(text) : undefined;
  if (parsed === undefined) throw new JsonUnreadable(`${name} is not an amount of the ledger`);
  return parsed.amount;
}

export function creditedAmount(value: unknown, name: string): Amount {
  const amount = amountField(value, name);
  if (amount === 0n) throw new JsonUnreadable(`${name} is zero`);
  return amount;
}

export function accountField(value: unknown, name: string): string {
  const text = textOf(value, name);
  if (!isAccountAddress(text)) throw new JsonUnreadable(`${name} is not an account address`);
  return text;
}

export function hashField(value: unknown, name: string): string {
  const text = textOf(value, name);
  if (!HASH.test(text)) throw new JsonUnreadable(`${name} is not a hash`);
  return text;
}

export function instantField(value: unknown, name: string): Date {
  const instant = parseInstant(textOf(value, name));
  if (instant === undefined) throw new JsonUnreadable(`${name} is not an instant`);
  return instant;
}

/** `asset_type`, `asset_code`, `asset_issuer`, each name behind `prefix`; the type must agree with the code's length. */
export function assetFields(record: JsonObject, prefix = ''): Asset {
  const type = record[`${prefix}asset_type`];
  const code = record[`${prefix}asset_code`];
  const issuer = record[`${prefix}asset_issuer`];
  if (type === 'native') {
    if (code !== undefined || issuer !== undefined) throw new JsonUnreadable('a native asset with code or issuer');
    return NATIVE;
  }
  const text = textOf(code, `${prefix}asset_code`);
  const expected = text.length <= 4 ? 'credit_alphanum4' : 'credit_alphanum12';
  if (type !== expected || !ASSET_CODE.test(text))
    throw new JsonUnreadable(`${prefix}asset_type does not fit the code`);
  return { code: text, issuer: accountField(issuer, `${prefix}asset_issuer`) };
}

/**
 * The id of a muxed party, from `<name>_muxed`: Horizon leaves `<name>_muxed_id` out when it is 0. Both must agree
 * with each other and with the account.
 */
export function muxedId(record: JsonObject, name: string, account: string): bigint | null {
  const text = record[`${name}_muxed`];
  const id = record[`${name}_muxed_id`];
  if (text === undefined && id === undefined) return null;
  const muxed = parseMuxed(textOf(text, `${name}_muxed`));
  if (muxed === undefined || muxed.account !== account)
    throw new JsonUnreadable(`${name}_muxed does not belong to ${name}`);
  if (id !== undefined && integerOf(id, `${name}_muxed_id`) !== muxed.id)
    throw new JsonUnreadable(`${name}_muxed_id differs from ${name}_muxed`);
  return muxed.id;
}
