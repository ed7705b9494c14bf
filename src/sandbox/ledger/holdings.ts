import type { Asset } from '../../common/money';
import type { AccountEntry, TrustlineEntry } from './contract';
import { BASE_RESERVE, INT64_MAX } from './protocol';
import type { LedgerState } from './state';

/** One account's position in one asset: its native balance, its trustline, or the unlimited one of the asset's issuer. */
export interface Holding {
  readonly isAuthorized: boolean;
  readonly balance: bigint;
  /** What can be sent: without reserve and without what offers have promised. */
  readonly available: bigint;
  /** What can still be received: without what offers may bring in. */
  readonly receivable: bigint;
  /** False, and nothing changed, when the limits forbid it. */
  add(delta: bigint): boolean;
  addLiabilities(selling: bigint, buying: bigint): void;
}

export function minimumBalance(account: Pick<AccountEntry, 'subentries' | 'numSponsoring' | 'numSponsored'>): bigint {
  return BigInt(2 + account.subentries + account.numSponsoring - account.numSponsored) * BASE_RESERVE;
}

export function availableNative(account: AccountEntry): bigint {
  return account.balance - minimumBalance(account) - account.sellingLiabilities;
}

/** Undefined when the account (native) or the trustline does not exist. */
export function holdingOf(state: LedgerState, account: string, asset: Asset): Holding | undefined {
  if (asset.issuer === null) {
    const entry = state.account(account);
    return entry === undefined ? undefined : nativeHolding(state, entry);
  }
  if (asset.issuer === account) return ISSUER_HOLDING;
  const line = state.trustline(account, asset);
  return line === undefined ? undefined : lineHolding(state, line);
}

const ISSUER_HOLDING: Holding = {
  isAuthorized: true,
  balance: INT64_MAX,
  available: INT64_MAX,
  receivable: INT64_MAX,
  add: () => true,
  addLiabilities: () => undefined,
};

function nativeHolding(state: LedgerState, entry: AccountEntry): Holding {
  const available = availableNative(entry);
  const receivable = INT64_MAX - entry.balance - entry.buyingLiabilities;
  return {
    isAuthorized: true,
    balance: entry.balance,
    available,
    receivable,
    add(delta) {
      if (!fits(delta, available, receivable)) return false;
      state.setAccount({ ...entry, balance: entry.balance + delta });
      return true;
    },
    addLiabilities: (selling, buying) => {
      const next = {
        sellingLiabilities: entry.sellingLiabilities + selling,
        buyingLiabilities: entry.buyingLiabilities + buying,
      };
      assertLiabilities(next.sellingLiabilities, next.buyingLiabilities);
      state.setAccount({ ...entry, ...next });
    },
  };
}

function lineHolding(state: LedgerState, line: TrustlineEntry): Holding {
  const available = line.balance - line.sellingLiabilities;
  const receivable = line.limit - line.balance - line.buyingLiabilities;
  return {
    isAuthorized: line.authorized,
    balance: line.balance,
    available,
    receivable,
    add(delta) {
      if (!fits(delta, available, receivable)) return false;
      state.setTrustline({ ...line, balance: line.balance + delta });
      return true;
    },
    addLiabilities: (selling, buying) => {
      const next = {
        sellingLiabilities: line.sellingLiabilities + selling,
        buyingLiabilities: line.buyingLiabilities + buying,
      };
      assertLiabilities(next.sellingLiabilities, next.buyingLiabilities);
      state.setTrustline({ ...line, ...next });
    },
  };
}

function fits(delta: bigint, available: bigint, receivable: bigint): boolean {
  return delta <= 0n ? -delta <= available || delta === 0n : delta <= receivable;
}

function assertLiabilities(selling: bigint, buying: bigint): void {
  if (selling < 0n || buying < 0n) throw new Error('negative liabilities');
}
