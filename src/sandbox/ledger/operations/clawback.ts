import { formatLedgerAmount } from '../../../common/money';
import { assetMembers, partyMembers } from '../details';
import { holdingOf } from '../holdings';
import { refuse } from '../refusal';
import { assetOf, isAssetValid, partyOf } from '../wire';
import type { OperationRule } from './rule';

const CODES = { malformed: -1, notEnabled: -2, noTrust: -3, underfunded: -4 };

export const clawback: OperationRule<19> = {
  threshold: () => 'medium',

  check({ clawbackOp: { asset, from, amount } }, source) {
    const wrongParties = partyOf(from).account === source || assetOf(asset).issuer !== source;
    return wrongParties || amount < 1n || !isAssetValid(asset) ? CODES.malformed : undefined;
  },

  apply({ state, source, effects }, { clawbackOp: op }) {
    const from = partyOf(op.from);
    const asset = assetOf(op.asset);
    const line = state.trustline(from.account, asset);
    if (line === undefined) refuse(CODES.noTrust);
    if (!line.clawbackEnabled) refuse(CODES.notEnabled);
    if (holdingOf(state, from.account, asset)?.add(-op.amount) !== true) refuse(CODES.underfunded);
    effects.credited(source, asset, op.amount);
    effects.debited(from, asset, op.amount);
    return { result: { type: 19, clawbackResult: { code: 0 } } };
  },

  describe({ clawbackOp: { asset, from, amount } }) {
    const party = partyOf(from);
    return {
      details: { ...assetMembers(assetOf(asset)), ...partyMembers('from', party), amount: formatLedgerAmount(amount) },
      participants: [party.account],
    };
  },
};
