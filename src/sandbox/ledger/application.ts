import { TransactionMeta } from '@stellar/stellar-sdk/xdr';

import type { AppliedEffect, AppliedOperation, AppliedTransaction } from './contract';
import type { OperationContext } from './context';
import { EffectLog } from './effects';
import type { LedgerTransaction } from './envelope';
import { smaller } from './exchange';
import { releaseSubentry } from './reserves';
import { OPERATION_NAMES, ruleOf } from './operations/registry';
import type { Outcome } from './operations/rule';
import { OperationRefused, refuse } from './refusal';
import { encodeOuterResult, encodeResult, refusedResult, untouchedResult, type Verdict } from './results';
import { StrKey } from '@stellar/stellar-sdk/base';
import type { LedgerState } from './state';
import {
  contentChecker,
  feeBid,
  judge,
  operationsCharged,
  outerRefusal,
  signatureRefusal,
  type Surroundings,
} from './validity';
import type { OperationResultWire } from './wire';

export interface ChargedTransaction {
  readonly transaction: LedgerTransaction;
  readonly feeCharged: bigint;
}

/** Takes the fee, before any transaction of the ledger is applied: a poor source pays what it has. */
export function chargeFee(
  state: LedgerState,
  transaction: LedgerTransaction,
  feePerOperation: bigint,
): ChargedTransaction {
  const due = smaller(feeBid(transaction), feePerOperation * BigInt(operationsCharged(transaction)));
  const payer = state.account((transaction.feeBump?.source ?? transaction.source).account);
  const feeCharged = smaller(due, payer?.balance ?? 0n);
  if (payer !== undefined) state.setAccount({ ...payer, balance: payer.balance - feeCharged });
  state.feePool += feeCharged;
  return { transaction, feeCharged };
}

interface Run {
  readonly verdict: Verdict;
  readonly outcomes: readonly (Outcome | undefined)[];
  readonly effects: readonly (readonly AppliedEffect[])[];
}

/** Applies one charged transaction: consumes its sequence, runs its operations or none of them, and records the outcome. */
export function applyTransaction(
  at: Surroundings,
  charged: ChargedTransaction,
  order: number,
  feePerOperation: bigint,
): AppliedTransaction {
  const { transaction, feeCharged } = charged;
  const outer = outerRefusal(at, transaction, false);
  if (transaction.feeBump !== null)
    removeUsedSigner(at.state, transaction.feeBump.source.account, transaction.feeBump.hash);
  const run: Run =
    outer === undefined ? runTransaction(at, transaction) : { verdict: { code: outer }, outcomes: [], effects: [] };
  const inner = smaller(transaction.fee, feePerOperation * BigInt(transaction.operations.length));
  const result =
    outer === undefined
      ? encodeResult(transaction, run.verdict, { charged: feeCharged, inner })
      : encodeOuterResult(outer, feeCharged);
  const successful = run.verdict.code === 'tx_success';
  const operations = transaction.operations.map((_, index) => tell(transaction, index, successful, run));
  const payer = (transaction.feeBump?.source ?? transaction.source).account;
  const participants = new Set([
    transaction.source.account,
    payer,
    ...operations.flatMap((operation) => operation.participants),
  ]);
  return {
    hash: transaction.hash,
    innerHash: transaction.innerHash,
    successful,
    ledger: at.sequence,
    order,
    closeTime: at.closeTime,
    envelopeXdr: transaction.envelopeXdr,
    resultXdr: result.xdr,
    resultMetaXdr: metaXdr(successful ? transaction.operations.length : 0),
    feeMetaXdr: NO_CHANGES_XDR,
    feeCharged,
    resultCodes: result.codes,
    operations,
    participants: [...participants],
  };
}

function runTransaction(at: Surroundings, transaction: LedgerTransaction): Run {
  const { state } = at;
  const checker = contentChecker(transaction);
  const { progress, code } = judge(at, transaction, checker, false);
  const stopped = (verdict: Verdict): Run => ({ verdict, outcomes: [], effects: [] });
  if (progress === 'invalid') return stopped({ code });
  state.updateAccount(transaction.source.account, () => ({
    sequence: transaction.sequence,
    sequenceLedger: at.sequence,
    sequenceTime: at.closeTime,
  }));
  if (progress === 'sequence') return stopped({ code });
  const refusals =
    progress === 'valid' ? transaction.operations.map((operation) => signatureRefusal(state, operation, checker)) : [];
  const signers = new Set([transaction.source.account, ...transaction.operations.map(({ source }) => source.account)]);
  for (const account of signers) removeUsedSigner(state, account, transaction.contentHash);
  if (progress !== 'valid') return stopped({ code });
  if (refusals.some((refusal) => refusal !== undefined)) {
    const operations = transaction.operations.map(({ body }, index) => {
      const refusal = refusals[index];
      return refusal === undefined ? untouchedResult(body) : refusedResult(body, { code: refusal });
    });
    return stopped({ code: 'tx_failed', operations });
  }
  if (!checker.allUsed()) return stopped({ code: 'tx_bad_auth_extra' });
  return runOperations(at, transaction);
}

/** All or nothing; those after a failing one still run, because core reports their results too. */
function runOperations(at: Surroundings, transaction: LedgerTransaction): Run {
  const { state } = at;
  const beginning = state.mark();
  const sponsorships = new Map<string, string>();
  const results: OperationResultWire[] = [];
  const outcomes: (Outcome | undefined)[] = [];
  const effects: (readonly AppliedEffect[])[] = [];
  for (const [index, { source, body }] of transaction.operations.entries()) {
    const context: OperationContext = {
      state,
      ledgerSequence: at.sequence,
      closeTime: at.closeTime,
      source,
      transactionSource: transaction.source.account,
      transactionSequence: transaction.sequence,
      operationIndex: index,
      effects: new EffectLog(),
      sponsorships,
    };
    const done = runOperation(context, body);
    results.push(done instanceof OperationRefused ? refusedResult(body, done) : { code: 0, tr: done.result });
    outcomes.push(done instanceof OperationRefused ? undefined : done);
    effects.push(context.effects.list());
  }
  const isComplete = outcomes.every((outcome) => outcome !== undefined);
  if (isComplete && sponsorships.size === 0)
    return { verdict: { code: 'tx_success', operations: results }, outcomes, effects };
  state.rollback(beginning);
  const verdict: Verdict = isComplete ? { code: 'tx_bad_sponsorship' } : { code: 'tx_failed', operations: results };
  return { verdict, outcomes: [], effects: [] };
}

function runOperation(
  context: OperationContext,
  body: LedgerTransaction['operations'][number]['body'],
): Outcome | OperationRefused {
  const mark = context.state.mark();
  try {
    if (context.state.account(context.source.account) === undefined) refuse('opNoAccount');
    const rule = ruleOf(body) ?? refuse('opNotSupported');
    const malformed = rule.check(body, context.source.account);
    if (malformed !== undefined) refuse(malformed);
    return rule.apply(context, body);
  } catch (error) {
    if (!(error instanceof OperationRefused)) throw error;
    context.state.rollback(mark);
    return error;
  }
}

/** A pre-authorised hash serves once, whatever becomes of the transaction. */
function removeUsedSigner(state: LedgerState, address: string, hash: Uint8Array): void {
  const account = state.account(address);
  if (account === undefined || account.signers.length === 0) return;
  const key = StrKey.encodePreAuthTx(hash);
  const signer = account.signers.find((known) => known.key === key);
  if (signer === undefined) return;
  state.setAccount({ ...account, signers: account.signers.filter((known) => known !== signer) });
  releaseSubentry({ state }, address, signer.sponsor);
}

function tell(transaction: LedgerTransaction, index: number, successful: boolean, run: Run): AppliedOperation {
  const { source, body } = transaction.operations[index] as LedgerTransaction['operations'][number];
  const outcome = successful ? run.outcomes[index] : undefined;
  const described = ruleOf(body)?.describe(body, source, outcome) ?? { details: {} };
  const effects = successful ? (run.effects[index] ?? []) : [];
  const participants = new Set([
    source.account,
    ...(described.participants ?? []),
    ...effects.map(({ account }) => account),
  ]);
  if (outcome?.sponsor !== undefined) participants.add(outcome.sponsor);
  return {
    index: index + 1,
    source: source.address,
    type: OPERATION_NAMES[body.type],
    typeI: body.type,
    details: outcome?.sponsor === undefined ? described.details : { ...described.details, sponsor: outcome.sponsor },
    participants: [...participants],
    effects,
  };
}

/** LedgerEntryChanges with no change in it. */
const NO_CHANGES_XDR = 'AAAAAA==';
const metas = new Map<number, string>();

/** TransactionMeta v3 without entry changes: readable by every client, empty of detail. */
function metaXdr(operations: number): string {
  const known = metas.get(operations);
  if (known !== undefined) return known;
  const wire = {
    v: 3 as const,
    v3: {
      ext: { v: 0 as const },
      txChangesBefore: [],
      operations: Array.from({ length: operations }, () => ({ changes: [] })),
      txChangesAfter: [],
      sorobanMeta: null,
    },
  };
  const xdr = Buffer.from(TransactionMeta.schema.encode(wire)).toString('base64');
  metas.set(operations, xdr);
  return xdr;
}
