import { type Amount, type Asset, formatAmount, NATIVE, sameAsset } from '../common/money';
import type { LedgerAccount } from '../stellar/ledger-source';

/** What every transaction costs at least, and what the network wants to see on the account before it looks further. */
export interface Fees {
  readonly least: Amount;
  readonly offered: Amount;
}

/** Why an account cannot hand over this much of an asset and the fee, as a sentence for its owner; null when it can. Pure. */
export function cannotGive(
  payer: LedgerAccount,
  asset: Asset,
  amount: Amount,
  { least, offered }: Fees,
): string | null {
  return withoutFee(payer, offered) ?? cannotSpend(payer, asset, amount, least);
}

/** The network refuses a transaction whose source cannot cover the fee it offers, whatever is charged in the end. */
function withoutFee({ spendableNative }: LedgerAccount, offered: Amount): string | null {
  if (spendableNative >= offered) return null;
  return `Insufficient balance. The wallet needs ${formatAmount(offered)} XLM above its reserve for the network's fee, and can spend ${formatAmount(spendableNative)}. Please add XLM.`;
}

function cannotSpend(payer: LedgerAccount, asset: Asset, amount: Amount, least: Amount): string | null {
  // An issuer makes what it gives.
  if (payer.address === asset.issuer) return null;
  const held = payer.balances.find((each) => sameAsset(each.asset, asset));
  if (held === undefined)
    return `Your wallet does not have a trustline for ${asset.code}. Please add a trustline in your wallet, or pay with another asset.`;
  if (!held.authorized) return `Your wallet is not authorized to send ${asset.code}. Pay with another asset.`;
  const native = sameAsset(asset, NATIVE);
  const spendable = native ? payer.spendableNative - least : held.balance - held.sellingLiabilities;
  if (spendable >= amount) return null;
  const kept = native ? ' after its reserve and the fee' : '';
  return `Insufficient balance. This payment costs about ${formatAmount(amount, 2)} ${asset.code} now, and the wallet can spend ${formatAmount(spendable > 0n ? spendable : 0n, 2)}${kept}.`;
}
