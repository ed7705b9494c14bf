import { assetKey, sameAsset, type Amount, type Asset } from '../common/money';
import { parseDestination } from './address';
import { sameMemo, type Memo } from './memo';
import type { OperationFacts, PaymentFacts } from './payment-inspection';

/** What was asked for: the intent or the invoice. */
export interface ExpectedPayment {
  /** G address the transaction was made for; absent when anyone may pay. */
  readonly source?: string;
  readonly destination: string;
  readonly muxedId: bigint | null;
  readonly asset: Asset;
  readonly amount: Amount;
  /** Largest amount that is still meant; `amount` itself when absent. */
  readonly atMost?: Amount;
  readonly memo: Memo;
  /** The transaction must expire, and not later than this. */
  readonly latestMaxTime: Date;
  /** Operation types that count, in Horizon's words. */
  readonly kinds: readonly string[];
}

/** A path payment as it was prepared; nothing about it is left to the wallet. */
export interface PreparedExchange {
  /** What leaves the sender, and the most of it. */
  readonly sendAsset: Asset;
  readonly sendMax: Amount;
  readonly path: readonly Asset[];
  /** What arrives: exactly this. */
  readonly amount: Amount;
  /** The transaction ends then (whole seconds, rounded down) and has no beginning. */
  readonly maxTime: Date;
}

/** Name of the first thing wrong, in the order a person should hear of it. */
export type PaymentDifference =
  | 'network'
  | 'signature'
  | 'source'
  | 'operation_count'
  | 'operation_type'
  | 'operation_source'
  | 'destination'
  | 'muxed_id'
  | 'asset'
  | 'amount'
  | 'send_asset'
  | 'send_max'
  | 'path'
  | 'memo'
  | 'time_bounds'
  | 'preconditions';

/** Every difference between a signed transaction and what was asked for; empty when it may be relayed. Pure. */
export function checkPayment(facts: PaymentFacts, expected: ExpectedPayment): PaymentDifference[] {
  const found: PaymentDifference[] = [];
  const differ = (name: PaymentDifference, wrong: boolean): void => {
    if (wrong) found.push(name);
  };
  differ('network', !facts.signedBySource && facts.signedFor !== null);
  differ('signature', !facts.signedBySource && facts.signedFor === null);
  differ('source', expected.source !== undefined && facts.source !== expected.source);
  differ('operation_count', facts.operations.length !== 1);
  const [operation] = facts.operations;
  if (operation !== undefined) found.push(...checkOperation(operation, facts.source, expected));
  differ('memo', !sameMemo(facts.memo, expected.memo));
  differ(
    'time_bounds',
    facts.maxTime === null ||
      facts.maxTime * 1000n > BigInt(expected.latestMaxTime.getTime()) ||
      facts.minTime > facts.maxTime,
  );
  differ('preconditions', facts.otherPreconditions);
  return found;
}

/**
 * What else differs from a prepared path payment, beyond `checkPayment`: what is given, the most of it, the
 * way it goes, and the exact amount and end. Pure.
 */
export function checkExchange(facts: PaymentFacts, prepared: PreparedExchange): PaymentDifference[] {
  const [operation] = facts.operations;
  const exchange = operation?.exchange ?? null;
  if (operation === undefined || exchange === null) return ['operation_type'];
  const found: PaymentDifference[] = [];
  if (operation.amount !== prepared.amount) found.push('amount');
  if (!sameAsset(exchange.asset, prepared.sendAsset)) found.push('send_asset');
  if (exchange.maxAmount !== prepared.sendMax) found.push('send_max');
  if (pathText(exchange.path) !== pathText(prepared.path)) found.push('path');
  if (facts.minTime !== 0n || facts.maxTime !== BigInt(Math.floor(prepared.maxTime.getTime() / 1000)))
    found.push('time_bounds');
  return found;
}

function pathText(path: readonly Asset[]): string {
  return path.map(assetKey).join();
}

function checkOperation(operation: OperationFacts, source: string, expected: ExpectedPayment): PaymentDifference[] {
  const found: PaymentDifference[] = [];
  if (!expected.kinds.includes(operation.type)) found.push('operation_type');
  if (operation.source !== null && parseDestination(operation.source)?.account !== source)
    found.push('operation_source');
  if (operation.destination !== expected.destination) found.push('destination');
  if (operation.muxedId !== expected.muxedId) found.push('muxed_id');
  if (operation.asset === null || !sameAsset(operation.asset, expected.asset)) found.push('asset');
  if (
    operation.amount === null ||
    operation.amount < expected.amount ||
    operation.amount > (expected.atMost ?? expected.amount)
  )
    found.push('amount');
  return found;
}
