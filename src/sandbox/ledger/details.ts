import { assetKey } from '../../common/money';
import type { SandboxAsset } from './contract';
import type { Price } from './exchange';
import type { Party } from './wire';

/** `asset_type`, `asset_code`, `asset_issuer`, each behind the prefix; native has only the type. */
export function assetMembers(asset: SandboxAsset, prefix = ''): Record<string, string> {
  if (asset.issuer === null) return { [`${prefix}asset_type`]: 'native' };
  return {
    [`${prefix}asset_type`]: asset.code.length <= 4 ? 'credit_alphanum4' : 'credit_alphanum12',
    [`${prefix}asset_code`]: asset.code,
    [`${prefix}asset_issuer`]: asset.issuer,
  };
}

/** `native` or `CODE:ISSUER`. */
export function canonicalAsset(asset: SandboxAsset): string {
  return assetKey(asset);
}

/** `<name>_muxed` and `<name>_muxed_id`; Horizon drops the id when it is 0. */
export function muxedMembers(name: string, party: Party): Record<string, string> {
  if (party.id === null) return {};
  const muxed = { [`${name}_muxed`]: party.address };
  return party.id === 0n ? muxed : { ...muxed, [`${name}_muxed_id`]: party.id.toString() };
}

/** The account behind `name`, with its muxed form when there is one. */
export function partyMembers(name: string, party: Party): Record<string, string> {
  return { [name]: party.account, ...muxedMembers(name, party) };
}

/** Horizon's decimal price: seven decimals, half away from zero. */
export function decimalPrice(price: Price): string {
  const scaled = BigInt(price.n) * 10_000_000n;
  const d = BigInt(price.d);
  const rounded = d === 0n ? 0n : (2n * scaled + d) / (2n * d);
  const text = rounded.toString().padStart(8, '0');
  return `${text.slice(0, -7)}.${text.slice(-7)}`;
}

export function priceMembers(price: Price): Record<string, unknown> {
  return { price: decimalPrice(price), price_r: { n: price.n, d: price.d } };
}

const ACCOUNT_FLAGS: readonly [number, string][] = [
  [1, 'auth_required'],
  [2, 'auth_revocable'],
  [4, 'auth_immutable'],
  [8, 'auth_clawback_enabled'],
];

/** The third name carries Horizon's own spelling mistake. */
const TRUSTLINE_FLAGS: readonly [number, string][] = [
  [1, 'authorized'],
  [2, 'authorized_to_maintain_liabilites'],
  [4, 'clawback_enabled'],
];

/** `set_flags: [1, 2]` and `set_flags_s: [...]`; nothing when no flag is named. */
export function flagMembers(
  name: 'set_flags' | 'clear_flags',
  flags: number,
  of: 'account' | 'trustline',
): Record<string, unknown> {
  const named = (of === 'account' ? ACCOUNT_FLAGS : TRUSTLINE_FLAGS).filter(([bit]) => (flags & bit) !== 0);
  if (named.length === 0) return {};
  return { [name]: named.map(([bit]) => bit), [`${name}_s`]: named.map(([, text]) => text) };
}

/** `authorized_flag: true` and so on, for the effects. */
export function trustlineFlagEffect(flags: number, value: boolean): Record<string, boolean> {
  const named = TRUSTLINE_FLAGS.filter(([bit]) => (flags & bit) !== 0);
  return Object.fromEntries(named.map(([, text]) => [`${text}_flag`, value]));
}
