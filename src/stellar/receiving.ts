import { type Amount, type Asset, sameAsset } from '../common/money';
import type { LedgerAccount } from './ledger-source';

/** Why the network would refuse a payment because of its receiver. */
export type ReceivingFault = 'no_account' | 'no_trustline' | 'not_authorized' | 'line_full';

/** Two base reserves: the least that a payment may open an account with. */
const LEAST_TO_OPEN: Amount = 10_000_000n;

/** Null when the account `address`, or its absence, takes `amount` of the asset. `opens` where the payment may create it. Pure. */
export function receivingFault(
  account: LedgerAccount | null,
  address: string,
  asset: Asset,
  amount: Amount,
  opens: boolean,
): ReceivingFault | null {
  if (account === null) return opens && asset.issuer === null && amount >= LEAST_TO_OPEN ? null : 'no_account';
  // Lumens need no line, and what comes back to its issuer is no more.
  if (asset.issuer === null || asset.issuer === address) return null;
  const line = account.balances.find((each) => sameAsset(each.asset, asset));
  if (line === undefined) return 'no_trustline';
  if (!line.authorized) return 'not_authorized';
  return line.limit !== null && line.balance + line.buyingLiabilities + amount > line.limit ? 'line_full' : null;
}
