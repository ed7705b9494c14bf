import type { Principal } from '../common/principal';
import type { TillRow } from '../common/till';
import { type KeyRow, keyLookup, type KnownKey } from '../idempotency/known-key';
import { tillLookup } from '../merchants/till-lookup';

/** What a request will need to know of its merchant, so that it is read by the statement that finds the credential. */
export interface ReadAlong {
  /** The Idempotency-Key that it comes with. */
  readonly key: string | null;
  readonly till: boolean;
}

export const NOTHING_ALONG: ReadAlong = { key: null, till: false };

/** The caller, and what was read along with the credential. */
export interface KnownCaller {
  readonly principal: Principal;
  /** Null where no such key counts; undefined where it was not looked up. */
  readonly key?: KnownKey | null;
}

/** Columns of what was read along; null where it was not asked for, or is not there. */
export type AlongRow = KeyRow & { readonly [Column in keyof TillRow]: TillRow[Column] | null };

/**
 * Lateral tables beside `c`, a credential, and `a`, what is asked: a till where `a.till` says so, and the key `a.key`. A key belongs to
 * the merchant and the network that the credential reaches.
 */
export const ALONG_TABLES = `
    left join lateral (${tillLookup({ merchant: 'c."merchantId"', network: 'c.network' })} and a.till) t on true
    left join lateral (${keyLookup({ merchant: 'c."merchantId"', scope: 'c.network', key: 'a.key', at: 'a.at' })}) k on true`;

/** Undefined where none was read. */
export function tillOf({ address, toleranceBp, lateGraceSeconds }: AlongRow): TillRow | undefined {
  return toleranceBp === null || lateGraceSeconds === null ? undefined : { address, toleranceBp, lateGraceSeconds };
}
