import type { SandboxAsset } from './contract';
import type { OperationContext } from './context';
import { EffectLog } from './effects';
import { walkBackwards, walkForwards } from './operations/path-payment';
import { OperationRefused } from './refusal';
import type { LedgerState } from './state';
import { plainParty } from './wire';

/** What `amount` of `receive` costs in `send` now; undefined when the book cannot give it. The book is left as it was. */
export function quoteStrictReceive(
  state: LedgerState,
  send: SandboxAsset,
  path: readonly SandboxAsset[],
  receive: SandboxAsset,
  amount: bigint,
): bigint | undefined {
  return quote(state, amount, (context) => walkBackwards(context, [send, ...path], receive, amount).amount);
}

/** What `amount` of `send` brings in `receive` now. */
export function quoteStrictSend(
  state: LedgerState,
  send: SandboxAsset,
  amount: bigint,
  path: readonly SandboxAsset[],
  receive: SandboxAsset,
): bigint | undefined {
  return quote(state, amount, (context) => walkForwards(context, send, [...path, receive], amount).amount);
}

/** Trades for no particular account, then takes everything back. */
function quote(state: LedgerState, amount: bigint, trade: (context: OperationContext) => bigint): bigint | undefined {
  if (amount <= 0n) return undefined;
  const mark = state.mark();
  const context: OperationContext = {
    state,
    ledgerSequence: state.sequence,
    closeTime: 0,
    source: plainParty(''),
    transactionSource: '',
    transactionSequence: 0n,
    operationIndex: 0,
    effects: new EffectLog(),
    sponsorships: new Map(),
  };
  try {
    const result = trade(context);
    return result > 0n ? result : undefined;
  } catch (error) {
    if (error instanceof OperationRefused) return undefined;
    throw error;
  } finally {
    state.rollback(mark);
  }
}
