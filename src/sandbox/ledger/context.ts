import type { EffectLog } from './effects';
import type { LedgerState } from './state';
import type { Party } from './wire';

/** What an operation may look at and change. */
export interface OperationContext {
  readonly state: LedgerState;
  /** Of the ledger being closed. */
  readonly ledgerSequence: number;
  readonly closeTime: number;
  readonly source: Party;
  /** The transaction's source account and sequence, and the operation's place from 0: they name claimable balances. */
  readonly transactionSource: string;
  readonly transactionSequence: bigint;
  readonly operationIndex: number;
  readonly effects: EffectLog;
  /** Sponsored account -> who pays its reserves at this point of the transaction (CAP-0033). */
  readonly sponsorships: Map<string, string>;
}
