import type { AccountEntry } from './contract';
import type { LedgerTransaction } from './envelope';
import { availableNative } from './holdings';
import { ruleOf } from './operations/registry';
import type { Threshold } from './operations/rule';
import { BASE_FEE, EXPIRY_LOOK_AHEAD_SECONDS, startingSequence } from './protocol';
import type { OuterCode } from './refusal';
import type { TransactionCode } from './result-codes';
import { refusedResult, untouchedResult, type Verdict } from './results';
import { masterSigner, SignatureChecker, signersOf } from './signatures';
import type { LedgerState } from './state';
import type { OperationBodyWire, OperationResultWire, SignerKeyWire } from './wire';

/** The ledger a transaction would enter. */
export interface Surroundings {
  readonly state: LedgerState;
  readonly sequence: number;
  /** Of that ledger, or, for the queue, of the last one. */
  readonly closeTime: number;
  /** The instant by which it must not have expired. */
  readonly latestCloseTime: number;
}

/** How far a transaction got (core's ValidationType): it decides whether its sequence number is consumed. */
export type Progress = 'invalid' | 'sequence' | 'authorised' | 'valid';

export interface Judgement {
  readonly progress: Progress;
  readonly code: TransactionCode;
}

/** One thing that can stop the outer transaction of a fee bump, or the transaction itself. */
export type Refusal = { readonly outer: true; readonly code: TransactionCode } | ({ readonly outer: false } & Verdict);

/** Everything the queue checks; undefined when the transaction may enter a ledger. */
export function refusalOf(at: Surroundings, transaction: LedgerTransaction): Refusal | undefined {
  const outer = transaction.feeBump === null ? undefined : outerRefusal(at, transaction, true);
  if (outer !== undefined) return { outer: true, code: outer };
  const checker = contentChecker(transaction);
  const judged = judge(at, transaction, checker, transaction.feeBump === null);
  if (judged.progress !== 'valid') return { outer: false, code: judged.code };
  const failing = firstInvalidOperation(at, transaction, checker);
  if (failing !== undefined) return { outer: false, code: 'tx_failed', operations: failing };
  return checker.allUsed() ? undefined : { outer: false, code: 'tx_bad_auth_extra' };
}

export function contentChecker(transaction: LedgerTransaction): SignatureChecker {
  return new SignatureChecker(transaction.contentHash, transaction.signatures, transaction.verdicts);
}

export function minimumFee(transaction: LedgerTransaction): bigint {
  return BASE_FEE * BigInt(operationsCharged(transaction));
}

/** A fee bump pays for itself as for one more operation. */
export function operationsCharged({ operations, feeBump }: LedgerTransaction): number {
  return operations.length + (feeBump === null ? 0 : 1);
}

/** The most its fee source agreed to pay. */
export function feeBid({ fee, feeBump }: LedgerTransaction): bigint {
  return feeBump?.fee ?? fee;
}

/** FeeBumpTransactionFrame::commonValid. `charges`: the fee has not been taken yet. */
export function outerRefusal(
  at: Surroundings,
  transaction: LedgerTransaction,
  charges: boolean,
): TransactionCode | undefined {
  const { feeBump, fee, operations, verdicts } = transaction;
  if (feeBump === null) return undefined;
  if (charges) {
    const innerMinimum = BASE_FEE * BigInt(Math.max(operations.length, 1));
    if (feeBump.fee < minimumFee(transaction)) return 'tx_insufficient_fee';
    if (feeBump.fee * innerMinimum < fee * minimumFee(transaction)) return 'tx_insufficient_fee';
  }
  const payer = at.state.account(feeBump.source.account);
  if (payer === undefined) return 'tx_no_source_account';
  const checker = new SignatureChecker(feeBump.hash, feeBump.signatures, verdicts);
  if (!checker.reaches(signersOf(payer), payer.thresholds[1])) return 'tx_bad_auth';
  if (availableNative(payer) < (charges ? feeBump.fee : 0n)) return 'tx_insufficient_balance';
  return checker.allUsed() ? undefined : 'tx_bad_auth_extra';
}

/** TransactionFrame::commonValid, in its order. */
export function judge(
  at: Surroundings,
  transaction: LedgerTransaction,
  checker: SignatureChecker,
  charges: boolean,
): Judgement {
  const early = beforeSequence(at, transaction, charges);
  if (early !== undefined) return { progress: 'invalid', code: early };
  const account = at.state.account(transaction.source.account);
  if (account === undefined) return { progress: 'invalid', code: 'tx_no_source_account' };
  if (isBadSequence(at, transaction, account)) return { progress: 'invalid', code: 'tx_bad_seq' };
  if (isTooSoonForAccount(at, transaction, account)) return { progress: 'sequence', code: 'tx_bad_minseq_age_or_gap' };
  const isSigned = checker.reaches(signersOf(account), account.thresholds[1]) && hasExtraSigners(transaction, checker);
  if (!isSigned) return { progress: 'sequence', code: 'tx_bad_auth' };
  if (availableNative(account) < (charges ? transaction.fee : 0n))
    return { progress: 'authorised', code: 'tx_insufficient_balance' };
  return { progress: 'valid', code: 'tx_success' };
}

function beforeSequence(
  at: Surroundings,
  transaction: LedgerTransaction,
  charges: boolean,
): TransactionCode | undefined {
  const { conditions, operations, fee } = transaction;
  if (!areExtraSignersValid(conditions.extraSigners)) return 'tx_malformed';
  if (operations.length === 0) return 'tx_missing_operation';
  if (conditions.minTime > BigInt(at.closeTime) || conditions.minLedger > at.sequence) return 'tx_too_early';
  if (conditions.maxTime !== 0n && conditions.maxTime < BigInt(at.latestCloseTime)) return 'tx_too_late';
  if (conditions.maxLedger !== 0 && conditions.maxLedger <= at.sequence) return 'tx_too_late';
  return charges && fee < minimumFee(transaction) ? 'tx_insufficient_fee' : undefined;
}

function areExtraSignersValid(signers: readonly SignerKeyWire[]): boolean {
  const texts = signers.map((key) =>
    JSON.stringify(key, (_name, value: unknown) => (value instanceof Uint8Array ? [...value] : value)),
  );
  const hasEmptyPayload = signers.some((key) => key.type === 3 && key.ed25519SignedPayload.payload.length === 0);
  return new Set(texts).size === texts.length && !hasEmptyPayload;
}

function isBadSequence(at: Surroundings, { sequence, conditions }: LedgerTransaction, account: AccountEntry): boolean {
  if (sequence === startingSequence(at.sequence)) return true;
  if (conditions.minSequence === null) return account.sequence + 1n !== sequence;
  return account.sequence < conditions.minSequence || account.sequence >= sequence;
}

function isTooSoonForAccount(at: Surroundings, { conditions }: LedgerTransaction, account: AccountEntry): boolean {
  const isYoung =
    BigInt(at.closeTime) - conditions.minSequenceAge < BigInt(account.sequenceTime) && conditions.minSequenceAge > 0n;
  const isClose =
    at.sequence - conditions.minSequenceLedgerGap < account.sequenceLedger && conditions.minSequenceLedgerGap > 0;
  return isYoung || isClose;
}

function hasExtraSigners({ conditions: { extraSigners } }: LedgerTransaction, checker: SignatureChecker): boolean {
  if (extraSigners.length === 0) return true;
  return checker.reaches(
    extraSigners.map((key) => ({ key, weight: 1 })),
    extraSigners.length,
  );
}

/** Signature, support and form of each operation; the results up to the first that fails, as core reports them. */
function firstInvalidOperation(
  { state }: Surroundings,
  { operations }: LedgerTransaction,
  checker: SignatureChecker,
): OperationResultWire[] | undefined {
  const results = operations.map(({ body }) => untouchedResult(body));
  for (const [index, operation] of operations.entries()) {
    const { body, source } = operation;
    const refused = operationRefusal(state, operation, checker) ?? ruleOf(body)?.check(body, source.account);
    if (refused === undefined) continue;
    results[index] = refusedResult(body, { code: refused });
    return results;
  }
  return undefined;
}

type Operation = LedgerTransaction['operations'][number];

function operationRefusal(state: LedgerState, operation: Operation, checker: SignatureChecker): OuterCode | undefined {
  return ruleOf(operation.body) === undefined ? 'opNotSupported' : signatureRefusal(state, operation, checker);
}

/** OperationFrame::checkSignature: a source that is to be created earlier in the same transaction signs with its master key. */
export function signatureRefusal(
  state: LedgerState,
  operation: Operation,
  checker: SignatureChecker,
): OuterCode | undefined {
  const { account } = operation.source;
  const entry = state.account(account);
  if (entry === undefined) {
    if (!operation.namesSource) return 'opNoAccount';
    return checker.reaches([masterSigner(account, 1)], 0) ? undefined : 'opBadAuth';
  }
  const needed = entry.thresholds[THRESHOLD_INDEX[thresholdOf(operation.body)]];
  return checker.reaches(signersOf(entry), needed) ? undefined : 'opBadAuth';
}

const THRESHOLD_INDEX = { low: 1, medium: 2, high: 3 } as const;

function thresholdOf(body: OperationBodyWire): Threshold {
  return ruleOf(body)?.threshold(body) ?? 'medium';
}

/** The queue refuses what could expire while it waits (core's getUpperBoundCloseTimeOffset). */
export function queueSurroundings(
  state: LedgerState,
  lastSequence: number,
  lastCloseTime: number,
  nowSeconds: number,
): Surroundings {
  const latestCloseTime = Math.max(nowSeconds, lastCloseTime) + EXPIRY_LOOK_AHEAD_SECONDS;
  return { state, sequence: lastSequence + 1, closeTime: lastCloseTime, latestCloseTime };
}
