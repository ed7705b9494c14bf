import { type Amount, type Asset, formatAmount, sameAsset } from '../common/money';
import type { LedgerAccount } from '../stellar/ledger-source';

/** Why an account cannot hand over this much of an asset, as a sentence for its owner; null when it can. Pure. */
export function cannotGive(payer: LedgerAccount, asset: Asset, amount: Amount): string | null {
  // An issuer makes what it gives.
  if (payer.address === asset.issuer) return null;
  const held = payer.balances.find((each) => sameAsset(each.asset, asset));
  if (held === undefined) return `Your wallet does not have a trustline for ${asset.code}. Please add a trustline in your wallet, or pay with another asset.`;
  if (!held.authorized) return `Your wallet is not authorized to send ${asset.code}. Pay with another asset.`;
  const spendable = asset.issuer === null ? payer.spendableNative : held.balance - held.sellingLiabilities;
  if (spendable >= amount) return null;
  return `Insufficient balance. This payment costs about ${formatAmount(amount, 2)} ${asset.code} now, and the wallet can spend ${formatAmount(spendable > 0n ? spendable : 0n, 2)}.`;
}
