import type { OperationRule } from './rule';

const BAD_SEQUENCE = -1;

export const bumpSequence: OperationRule<11> = {
  threshold: () => 'low',

  check: ({ bumpSequenceOp: { bumpTo } }) => (bumpTo < 0n ? BAD_SEQUENCE : undefined),

  apply({ state, source, effects, ledgerSequence, closeTime }, { bumpSequenceOp: { bumpTo } }) {
    if (bumpTo > state.existingAccount(source.account).sequence) {
      state.updateAccount(source.account, () => ({
        sequence: bumpTo,
        sequenceLedger: ledgerSequence,
        sequenceTime: closeTime,
      }));
      effects.add('sequence_bumped', source, { new_seq: bumpTo.toString() });
    }
    return { result: { type: 11, bumpSeqResult: { code: 0 } } };
  },

  describe: ({ bumpSequenceOp: { bumpTo } }) => ({ details: { bump_to: bumpTo.toString() } }),
};
