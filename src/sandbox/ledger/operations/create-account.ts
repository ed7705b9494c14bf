import { formatLedgerAmount, NATIVE } from '../../../common/money';
import type { AccountEntry } from '../contract';
import { partyMembers } from '../details';
import { holdingOf } from '../holdings';
import { startingSequence } from '../protocol';
import { refuse } from '../refusal';
import { reserveAccount } from '../reserves';
import { addressOf } from '../wire';
import type { OperationRule } from './rule';

const CODES = { malformed: -1, underfunded: -2, lowReserve: -3, alreadyExists: -4 };

export const createAccount: OperationRule<0> = {
  threshold: () => 'medium',

  check({ createAccountOp: { destination, startingBalance } }, source) {
    return startingBalance < 0n || addressOf(destination) === source ? CODES.malformed : undefined;
  },

  apply(context, { createAccountOp: { destination, startingBalance } }) {
    const { state, source, effects } = context;
    const address = addressOf(destination);
    if (state.account(address) !== undefined) refuse(CODES.alreadyExists);
    const created = reserveAccount(
      context,
      newAccount(address, startingBalance, context.ledgerSequence),
      CODES.lowReserve,
    );
    if (holdingOf(state, source.account, NATIVE)?.add(-startingBalance) !== true) refuse(CODES.underfunded);
    state.setAccount(created);
    effects.add('account_created', address, { starting_balance: formatLedgerAmount(startingBalance) });
    effects.debited(source, NATIVE, startingBalance);
    effects.add('signer_created', address, { weight: 1, public_key: address, key: '' });
    if (created.sponsor !== undefined)
      effects.addSponsorship('account_sponsorship_created', address, { sponsor: created.sponsor });
    const result = { type: 0, createAccountResult: { code: 0 } } as const;
    return created.sponsor === undefined ? { result } : { result, sponsor: created.sponsor };
  },

  describe({ createAccountOp: { destination, startingBalance } }, source) {
    const account = addressOf(destination);
    return {
      details: { starting_balance: formatLedgerAmount(startingBalance), ...partyMembers('funder', source), account },
      participants: [account],
    };
  },
};

export function newAccount(address: string, balance: bigint, ledger: number): AccountEntry {
  return {
    address,
    balance,
    sequence: startingSequence(ledger),
    sequenceLedger: 0,
    sequenceTime: 0,
    subentries: 0,
    thresholds: [1, 0, 0, 0],
    signers: [],
    flags: { required: false, revocable: false, immutable: false, clawback: false },
    homeDomain: '',
    data: {},
    numSponsoring: 0,
    numSponsored: 0,
    sellingLiabilities: 0n,
    buyingLiabilities: 0n,
    lastModifiedLedger: ledger,
  };
}
