import { createHash } from 'node:crypto';
import { ClaimPredicate, HashIdPreimage, type XdrType } from '@stellar/stellar-sdk/xdr';

import { formatLedgerAmount } from '../../../common/money';
import type { ClaimableBalanceEntry, SandboxAsset } from '../contract';
import type { OperationContext } from '../context';
import { canonicalAsset, partyMembers } from '../details';
import { holdingOf } from '../holdings';
import { refuse } from '../refusal';
import { releaseSponsored, reserveClaimable } from '../reserves';
import { addressOf, assetOf, type BodyOf, hexOf, isAssetValid, type PredicateWire, publicKeyWire } from '../wire';
import { anchored, isFulfilled, isPredicateValid, predicateJson } from './predicate';
import type { OperationRule } from './rule';

const CREATE_CODES = { malformed: -1, lowReserve: -2, noTrust: -3, notAuthorized: -4, underfunded: -5 };
const CLAIM_CODES = { doesNotExist: -1, cannotClaim: -2, lineFull: -3, noTrust: -4, notAuthorized: -5 };
const CLAWBACK_CODES = { doesNotExist: -1, notIssuer: -2, notEnabled: -3 };
const PREDICATE_SCHEMA: XdrType<PredicateWire> = ClaimPredicate.schema;
/** ClaimableBalanceID type 0 before the hash. */
const ID_PREFIX = '00000000';

export const createClaimableBalance: OperationRule<14> = {
  threshold: () => 'medium',

  check({ createClaimableBalanceOp: { asset, amount, claimants } }) {
    const names = new Set(claimants.map(({ v0 }) => addressOf(v0.destination)));
    const isWellFormed = isAssetValid(asset) && amount > 0n && claimants.length > 0 && names.size === claimants.length;
    return isWellFormed && claimants.every(({ v0 }) => isPredicateValid(v0.predicate))
      ? undefined
      : CREATE_CODES.malformed;
  },

  apply(context, { createClaimableBalanceOp: op }) {
    const { state, source } = context;
    const asset = assetOf(op.asset);
    const holding = holdingOf(state, source.account, asset);
    if (holding === undefined) refuse(CREATE_CODES.noTrust);
    if (!holding.isAuthorized) refuse(CREATE_CODES.notAuthorized);
    if (!holding.add(-op.amount)) refuse(CREATE_CODES.underfunded);
    const hash = balanceHash(context);
    const sponsor = reserveClaimable(context, op.claimants.length, CREATE_CODES.lowReserve);
    const entry: ClaimableBalanceEntry = {
      id: ID_PREFIX + hexOf(hash),
      asset,
      amount: op.amount,
      claimants: op.claimants.map(({ v0 }) =>
        claimant(addressOf(v0.destination), anchored(v0.predicate, BigInt(context.closeTime))),
      ),
      sponsor,
      clawbackEnabled: isClawbackEnabled(context, asset),
      lastModifiedLedger: context.ledgerSequence,
    };
    state.setClaimable(entry);
    noteCreated(context, entry);
    return {
      result: { type: 14, createClaimableBalanceResult: { code: 0, balanceId: { type: 0, v0: hash } } },
      sponsor,
    };
  },

  describe({ createClaimableBalanceOp: { asset, amount, claimants } }) {
    const named = claimants.map(({ v0 }) => ({
      destination: addressOf(v0.destination),
      predicate: predicateJson(v0.predicate),
    }));
    return {
      details: { asset: canonicalAsset(assetOf(asset)), amount: formatLedgerAmount(amount), claimants: named },
      participants: named.map(({ destination }) => destination),
    };
  },
};

export const claimClaimableBalance: OperationRule<15> = {
  threshold: () => 'low',

  check: () => undefined,

  apply(context, body) {
    const { state, source, effects } = context;
    const entry = state.claimable(balanceId(body.claimClaimableBalanceOp));
    if (entry === undefined) refuse(CLAIM_CODES.doesNotExist);
    const own = entry.claimants.find(({ destination }) => destination === source.account);
    if (own === undefined || !isClaimOpen(own.predicateXdr, context.closeTime)) refuse(CLAIM_CODES.cannotClaim);
    const holding = holdingOf(state, source.account, entry.asset);
    if (holding === undefined) refuse(CLAIM_CODES.noTrust);
    if (!holding.isAuthorized) refuse(CLAIM_CODES.notAuthorized);
    if (!holding.add(entry.amount)) refuse(CLAIM_CODES.lineFull);
    effects.add('claimable_balance_claimed', source, effects.claimableMembers(entry.id, entry.asset, entry.amount));
    effects.credited(source, entry.asset, entry.amount);
    remove(context, entry);
    return { result: { type: 15, claimClaimableBalanceResult: { code: 0 } } };
  },

  describe: ({ claimClaimableBalanceOp: op }, source) => ({
    details: { balance_id: balanceId(op), ...partyMembers('claimant', source) },
  }),
};

export const clawbackClaimableBalance: OperationRule<20> = {
  threshold: () => 'medium',

  check: () => undefined,

  apply(context, body) {
    const { state, source, effects } = context;
    const entry = state.claimable(balanceId(body.clawbackClaimableBalanceOp));
    if (entry === undefined) refuse(CLAWBACK_CODES.doesNotExist);
    if (entry.asset.issuer !== source.account) refuse(CLAWBACK_CODES.notIssuer);
    if (entry.clawbackEnabled !== true) refuse(CLAWBACK_CODES.notEnabled);
    effects.add('claimable_balance_clawed_back', source, { balance_id: entry.id });
    effects.credited(source, entry.asset, entry.amount);
    remove(context, entry);
    return { result: { type: 20, clawbackClaimableBalanceResult: { code: 0 } } };
  },

  describe: ({ clawbackClaimableBalanceOp: op }) => ({ details: { balance_id: balanceId(op) } }),
};

/** sha256 of the operation's id (CAP-0023): the transaction's source and sequence, and the operation's place. */
function balanceHash({ transactionSource, transactionSequence, operationIndex }: OperationContext): Uint8Array {
  const operationId = {
    sourceAccount: publicKeyWire(transactionSource),
    seqNum: transactionSequence,
    opNum: operationIndex,
  };
  const preimage = HashIdPreimage.schema.encode({ type: 6, operationId });
  return new Uint8Array(createHash('sha256').update(preimage).digest());
}

function balanceId({ balanceId: { v0 } }: BodyOf<15>['claimClaimableBalanceOp']): string {
  return ID_PREFIX + hexOf(v0);
}

function claimant(destination: string, predicate: PredicateWire): ClaimableBalanceEntry['claimants'][number] {
  const predicateXdr = Buffer.from(PREDICATE_SCHEMA.encode(predicate)).toString('base64');
  return { destination, predicate: predicateJson(predicate), predicateXdr };
}

function isClaimOpen(predicateXdr: string, closeTime: number): boolean {
  return isFulfilled(PREDICATE_SCHEMA.decode(Buffer.from(predicateXdr, 'base64')), BigInt(closeTime));
}

function isClawbackEnabled({ state, source }: OperationContext, asset: SandboxAsset): boolean {
  if (asset.issuer === null) return false;
  if (asset.issuer === source.account) return state.existingAccount(source.account).flags.clawback;
  return state.trustline(source.account, asset)?.clawbackEnabled ?? false;
}

function noteCreated({ effects, source }: OperationContext, entry: ClaimableBalanceEntry): void {
  const members = effects.claimableMembers(entry.id, entry.asset, entry.amount);
  effects.add('claimable_balance_created', source, members);
  for (const { destination, predicate } of entry.claimants) {
    effects.add('claimable_balance_claimant_created', destination, { ...members, predicate });
  }
  effects.debited(source, entry.asset, entry.amount);
  const sponsorship = { balance_id: entry.id, sponsor: entry.sponsor };
  effects.addSponsorship('claimable_balance_sponsorship_created', source.account, sponsorship);
}

function remove(context: OperationContext, entry: ClaimableBalanceEntry): void {
  context.state.removeClaimable(entry.id);
  releaseSponsored(context, entry.sponsor, entry.claimants.length);
  const sponsorship = { balance_id: entry.id, former_sponsor: entry.sponsor };
  context.effects.addSponsorship('claimable_balance_sponsorship_removed', context.source.account, sponsorship);
}
