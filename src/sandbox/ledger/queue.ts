import type { QueueAnswer } from './contract';
import type { LedgerTransaction } from './envelope';
import { availableNative } from './holdings';
import { BAN_DEPTH, BASE_FEE, PENDING_DEPTH, REPLACE_BY_FEE_MULTIPLIER } from './protocol';
import { encodeOuterResult, encodeResult, type EncodedResult } from './results';
import type { TransactionCode } from './result-codes';
import { feeBid, minimumFee, operationsCharged, type Refusal, refusalOf, type Surroundings } from './validity';

interface Pending {
  readonly transaction: LedgerTransaction;
  /** Ledgers that closed without it. */
  readonly age: number;
}

/** Core's transaction queue (protocol 20 onwards): one transaction per source account, in order of arrival. */
export class TransactionQueue {
  /** By source account, in order of arrival. */
  private readonly pending = new Map<string, Pending>();
  /** Outer hash -> ledgers for which it is still refused. */
  private readonly banned = new Map<string, number>();

  get size(): number {
    return this.pending.size;
  }

  add(at: Surroundings, transaction: LedgerTransaction): QueueAnswer {
    const { hash, source } = transaction;
    if (this.banned.has(hash)) return { status: 'TRY_AGAIN_LATER', hash };
    const current = this.pending.get(source.account)?.transaction;
    if (current?.hash === hash) return { status: 'DUPLICATE', hash };
    if (current !== undefined && !isReplacement(transaction, current)) return { status: 'TRY_AGAIN_LATER', hash };
    if (current !== undefined && !paysEnoughToReplace(transaction, current))
      return refused(transaction, 'tx_insufficient_fee');
    const refusal = refusalOf(at, transaction);
    if (refusal !== undefined) return { status: 'ERROR', hash, ...refusalResult(transaction, refusal) };
    if (!this.canPayAll(at, transaction, current)) return refused(transaction, 'tx_insufficient_balance');
    this.pending.set(source.account, { transaction, age: 0 });
    return { status: 'PENDING', hash };
  }

  /**
   * What a ledger takes, and what each operation pays at most: the base fee when there is room for all valid ones;
   * otherwise those that bid most per operation go first, for the lowest bid among them.
   */
  take(at: Surroundings, maxOperations: number): { taken: LedgerTransaction[]; feePerOperation: bigint } {
    const valid: LedgerTransaction[] = [];
    for (const { transaction } of this.pending.values()) {
      if (refusalOf(at, transaction) === undefined) valid.push(transaction);
      else this.ban(transaction);
    }
    const wanted = valid.reduce((sum, { operations }) => sum + operations.length, 0);
    if (wanted <= maxOperations) return { taken: valid, feePerOperation: BASE_FEE };
    const taken = fitting(valid.toSorted(byFeeRate), maxOperations);
    return { taken, feePerOperation: lowestRate(taken) };
  }

  /** After a close: forgets what was taken, ages the rest, and lifts bans. */
  settle(taken: readonly LedgerTransaction[]): void {
    for (const { source } of taken) this.pending.delete(source.account);
    for (const [hash, left] of this.banned) {
      if (left <= 1) this.banned.delete(hash);
      else this.banned.set(hash, left - 1);
    }
    for (const [account, { transaction, age }] of this.pending) {
      if (age + 1 >= PENDING_DEPTH) this.ban(transaction);
      else this.pending.set(account, { transaction, age: age + 1 });
    }
  }

  private ban(transaction: LedgerTransaction): void {
    this.pending.delete(transaction.source.account);
    this.banned.set(transaction.hash, BAN_DEPTH);
  }

  /** A fee source may stand behind many accounts: it must be able to pay for all that wait. */
  private canPayAll(
    { state }: Surroundings,
    transaction: LedgerTransaction,
    replaced: LedgerTransaction | undefined,
  ): boolean {
    const payer = payerOf(transaction);
    const entry = state.account(payer);
    let total = feeBid(transaction);
    for (const { transaction: other } of this.pending.values()) {
      if (other !== replaced && payerOf(other) === payer) total += feeBid(other);
    }
    return entry !== undefined && availableNative(entry) >= total;
  }
}

function lowestRate(taken: readonly LedgerTransaction[]): bigint {
  const rates = taken.map((transaction) => feeBid(transaction) / BigInt(operationsCharged(transaction)));
  return rates.reduce((least, rate) => (rate < least ? rate : least), rates[0] ?? BASE_FEE);
}

function payerOf({ feeBump, source }: LedgerTransaction): string {
  return (feeBump?.source ?? source).account;
}

function isReplacement(transaction: LedgerTransaction, current: LedgerTransaction): boolean {
  return transaction.feeBump !== null && transaction.sequence === current.sequence;
}

function paysEnoughToReplace(transaction: LedgerTransaction, current: LedgerTransaction): boolean {
  const offered = feeBid(transaction) * BigInt(operationsCharged(current));
  return offered >= REPLACE_BY_FEE_MULTIPLIER * feeBid(current) * BigInt(operationsCharged(transaction));
}

function fitting(transactions: readonly LedgerTransaction[], maxOperations: number): LedgerTransaction[] {
  const taken: LedgerTransaction[] = [];
  let room = maxOperations;
  for (const transaction of transactions) {
    if (transaction.operations.length > room) continue;
    taken.push(transaction);
    room -= transaction.operations.length;
  }
  return taken;
}

function byFeeRate(a: LedgerTransaction, b: LedgerTransaction): number {
  const left = feeBid(a) * BigInt(operationsCharged(b));
  const right = feeBid(b) * BigInt(operationsCharged(a));
  return left === right ? 0 : left > right ? -1 : 1;
}

function refused(transaction: LedgerTransaction, code: TransactionCode): QueueAnswer {
  const { xdr, codes } = encodeOuterResult(code, minimumFee(transaction));
  return { status: 'ERROR', hash: transaction.hash, resultXdr: xdr, resultCodes: codes };
}

function refusalResult(
  transaction: LedgerTransaction,
  refusal: Refusal,
): { resultXdr: string; resultCodes: EncodedResult['codes'] } {
  const fees = { charged: feeBid(transaction), inner: transaction.fee };
  const { xdr, codes } = refusal.outer
    ? encodeOuterResult(refusal.code, fees.charged)
    : encodeResult(transaction, refusal, fees);
  return { resultXdr: xdr, resultCodes: codes };
}
