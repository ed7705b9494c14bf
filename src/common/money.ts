/**
 * Money: an integer count of 10^-7 units ("stroops"), never a float. The network's amounts are int64, so the
 * largest is 922337203685.4775807. An asset is its code AND its issuer.
 */

/** Count of 10^-7 units. Any sign inside a calculation; what users may give is `parseAmount`'s range. */
export type Amount = bigint;

export const DECIMALS = 7;
export const STROOPS_PER_UNIT = 10_000_000n;
export const MAX_AMOUNT: Amount = 9_223_372_036_854_775_807n;

/** The one accepted spelling of an amount: no sign, exponent, space, separator, leading zero or bare dot. */
const AMOUNT_PATTERN = /^(0|[1-9]\d{0,11})(?:\.(\d{1,7}))?$/;

export interface ParsedAmount {
  readonly amount: Amount;
  /** How many decimals the text carried, so that it can be printed back as it was given. */
  readonly scale: number;
}

/** Reads a decimal text; undefined when it is not the accepted spelling or exceeds int64. Zero is legal here. */
export function parseAmount(text: string): ParsedAmount | undefined {
  if (text.length > 20) return undefined;
  const match = AMOUNT_PATTERN.exec(text);
  if (match === null) return undefined;
  const fraction = match[2] ?? '';
  const amount = BigInt(match[1] as string) * STROOPS_PER_UNIT + BigInt(fraction.padEnd(DECIMALS, '0'));
  return amount > MAX_AMOUNT ? undefined : { amount, scale: fraction.length };
}

/** For texts that are already known to be amounts (our own constants, the ledger's own strings). Throws RangeError. */
export function amountOf(text: string): Amount {
  const parsed = parseAmount(text);
  if (parsed === undefined) throw new RangeError(`not an amount: ${text.slice(0, 40)}`);
  return parsed.amount;
}

/** Prints with at least `minDecimals` and as many more as the value needs; never an exponent. */
export function formatAmount(amount: Amount, minDecimals = 0): string {
  const negative = amount < 0n;
  const digits = (negative ? -amount : amount).toString().padStart(DECIMALS + 1, '0');
  const whole = digits.slice(0, -DECIMALS);
  let fraction = digits.slice(-DECIMALS);
  while (fraction.length > minDecimals && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The ledger's own spelling: exactly seven decimals. */
export function formatLedgerAmount(amount: Amount): string {
  return formatAmount(amount, DECIMALS);
}

/** An asset on one network; `issuer` is null only for the native asset (XLM). */
export interface Asset {
  readonly code: string;
  readonly issuer: string | null;
}

export const NATIVE: Asset = { code: 'XLM', issuer: null };

export function sameAsset(a: Asset, b: Asset): boolean {
  return a.code === b.code && a.issuer === b.issuer;
}

/** `native` or `CODE:ISSUER`, the canonical text of Horizon and SEP-11. */
export function assetKey(asset: Asset): string {
  return asset.issuer === null ? 'native' : `${asset.code}:${asset.issuer}`;
}
