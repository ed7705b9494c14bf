import { formatLedgerAmount } from '../../../common/money';
import type { SandboxAsset } from '../contract';
import { assetMembers, partyMembers } from '../details';
import { assetOf, isAssetValid, type Party, partyOf } from '../wire';
import { PATH_CODES, paySource, receiveAtDestination } from './transfer';
import type { OperationRule } from './rule';

export const payment: OperationRule<1> = {
  threshold: () => 'medium',

  check({ paymentOp: { amount, asset } }) {
    return amount <= 0n || !isAssetValid(asset) ? PATH_CODES.malformed : undefined;
  },

  /** Core runs it as a strict receive with an empty path; the codes of both agree as far as a payment goes. */
  apply(context, { paymentOp }) {
    const { source, effects } = context;
    const destination = partyOf(paymentOp.destination);
    const asset = assetOf(paymentOp.asset);
    // To itself, native: core says yes without looking at balances.
    const isIdle = asset.issuer === null && destination.account === source.account;
    if (!isIdle) {
      const toIssuer = asset.issuer === destination.account;
      receiveAtDestination(context, destination.account, asset, paymentOp.amount, toIssuer);
      paySource(context, asset, paymentOp.amount);
    }
    effects.credited(destination, asset, paymentOp.amount);
    effects.debited(source, asset, paymentOp.amount);
    return { result: { type: 1, paymentResult: { code: 0 } } };
  },

  describe({ paymentOp }, source) {
    const destination = partyOf(paymentOp.destination);
    return {
      details: transferMembers(assetOf(paymentOp.asset), source, destination, paymentOp.amount),
      participants: [destination.account],
    };
  },
};

/** The members that payments and path payments share. */
export function transferMembers(asset: SandboxAsset, from: Party, to: Party, amount: bigint): Record<string, unknown> {
  return {
    ...assetMembers(asset),
    ...partyMembers('from', from),
    ...partyMembers('to', to),
    amount: formatLedgerAmount(amount),
  };
}
