import { NATIVE } from '../../../common/money';
import { partyMembers } from '../details';
import { holdingOf } from '../holdings';
import { startingSequence } from '../protocol';
import { refuse } from '../refusal';
import { releaseSponsored } from '../reserves';
import { partyOf } from '../wire';
import type { OperationRule } from './rule';

const CODES = {
  malformed: -1,
  noAccount: -2,
  immutableSet: -3,
  hasSubEntries: -4,
  sequenceTooFar: -5,
  destinationFull: -6,
  isSponsor: -7,
};

export const accountMerge: OperationRule<8> = {
  threshold: () => 'high',

  check: ({ destination }, source) => (partyOf(destination).account === source ? CODES.malformed : undefined),

  apply(context, body) {
    const { state, source, effects } = context;
    const into = partyOf(body.destination);
    const account = state.existingAccount(source.account);
    const target = holdingOf(state, into.account, NATIVE);
    if (target === undefined) refuse(CODES.noAccount);
    if (account.flags.immutable) refuse(CODES.immutableSet);
    if (account.subentries !== account.signers.length) refuse(CODES.hasSubEntries);
    // Created again in this ledger, the account would replay its old sequence numbers.
    if (account.sequence >= startingSequence(context.ledgerSequence)) refuse(CODES.sequenceTooFar);
    const isSponsoring = [...context.sponsorships.values()].includes(source.account);
    if (isSponsoring || account.numSponsoring > 0) refuse(CODES.isSponsor);
    if (!target.add(account.balance)) refuse(CODES.destinationFull);
    state.removeAccount(source.account);
    effects.credited(into, NATIVE, account.balance);
    effects.debited(source, NATIVE, account.balance);
    effects.add('account_removed', source);
    for (const { sponsor } of account.signers) if (sponsor !== undefined) releaseSponsored(context, sponsor, 1);
    if (account.sponsor !== undefined) {
      releaseSponsored(context, account.sponsor, 2);
      effects.addSponsorship('account_sponsorship_removed', source.account, { former_sponsor: account.sponsor });
    }
    return { result: { type: 8, accountMergeResult: { code: 0, sourceAccountBalance: account.balance } } };
  },

  describe({ destination }, source) {
    const into = partyOf(destination);
    return {
      details: { ...partyMembers('account', source), ...partyMembers('into', into) },
      participants: [into.account],
    };
  },
};
