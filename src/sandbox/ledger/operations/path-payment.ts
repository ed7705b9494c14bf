import { formatLedgerAmount, sameAsset } from '../../../common/money';
import type { SandboxAsset } from '../contract';
import type { OperationContext } from '../context';
import { convert, type Conversion } from '../conversion';
import { assetMembers } from '../details';
import type { Trade } from '../effects';
import { INT64_MAX } from '../protocol';
import { refuse } from '../refusal';
import { claimAtom } from '../results';
import { assetOf, assetWire, type AssetWire, isAssetValid, type Party, partyOf, publicKeyWire } from '../wire';
import { transferMembers } from './payment';
import type { OperationRule, Outcome } from './rule';
import { PATH_CODES, paySource, receiveAtDestination, requireDestination } from './transfer';

export const pathPaymentStrictReceive: OperationRule<2> = {
  threshold: () => 'medium',

  check({ pathPaymentStrictReceiveOp: op }) {
    const positive = op.destAmount > 0n && op.sendMax > 0n;
    return positive && [op.sendAsset, op.destAsset, ...op.path].every(isAssetValid) ? undefined : PATH_CODES.malformed;
  },

  apply(context, { pathPaymentStrictReceiveOp: op }) {
    const destination = partyOf(op.destination);
    const send = assetOf(op.sendAsset);
    const receive = assetOf(op.destAsset);
    receiveAtDestination(context, destination.account, receive, op.destAmount, returnsToIssuer(op, destination));
    const walked = walkBackwards(context, [send, ...op.path.map(assetOf)], receive, op.destAmount);
    if (walked.amount > op.sendMax) refuse(PATH_CODES.limitMissed);
    paySource(context, send, walked.amount);
    const last = { destination: publicKeyWire(destination.account), asset: op.destAsset, amount: op.destAmount };
    const success = { offers: walked.trades.map(claimAtom), last };
    noteEffects(context, destination, send, walked.amount, receive, op.destAmount, walked.trades);
    return {
      result: { type: 2, pathPaymentStrictReceiveResult: { code: 0, success } },
      sent: walked.amount,
      received: op.destAmount,
    };
  },

  describe({ pathPaymentStrictReceiveOp: op }, source, outcome) {
    const destination = partyOf(op.destination);
    const details = {
      ...transferMembers(assetOf(op.destAsset), source, destination, op.destAmount),
      path: pathMembers(op.path),
      source_amount: formatLedgerAmount(outcome?.sent ?? 0n),
      source_max: formatLedgerAmount(op.sendMax),
      ...assetMembers(assetOf(op.sendAsset), 'source_'),
    };
    return { details, participants: [destination.account] };
  },
};

export const pathPaymentStrictSend: OperationRule<13> = {
  threshold: () => 'medium',

  check({ pathPaymentStrictSendOp: op }) {
    const positive = op.sendAmount > 0n && op.destMin > 0n;
    return positive && [op.sendAsset, op.destAsset, ...op.path].every(isAssetValid) ? undefined : PATH_CODES.malformed;
  },

  apply(context, { pathPaymentStrictSendOp: op }) {
    const destination = partyOf(op.destination);
    const send = assetOf(op.sendAsset);
    const receive = assetOf(op.destAsset);
    const toIssuer = returnsToIssuer(op, destination);
    if (!toIssuer) requireDestination(context, destination.account);
    paySource(context, send, op.sendAmount);
    const walked = walkForwards(context, send, [...op.path.map(assetOf), receive], op.sendAmount);
    if (walked.amount < op.destMin) refuse(PATH_CODES.limitMissed);
    receiveAtDestination(context, destination.account, receive, walked.amount, toIssuer);
    const last = { destination: publicKeyWire(destination.account), asset: assetWire(receive), amount: walked.amount };
    const success = { offers: walked.trades.map(claimAtom), last };
    noteEffects(context, destination, send, op.sendAmount, receive, walked.amount, walked.trades);
    return {
      result: { type: 13, pathPaymentStrictSendResult: { code: 0, success } },
      sent: op.sendAmount,
      received: walked.amount,
    };
  },

  describe({ pathPaymentStrictSendOp: op }, source, outcome: Outcome | undefined) {
    const destination = partyOf(op.destination);
    const details = {
      ...transferMembers(assetOf(op.destAsset), source, destination, outcome?.received ?? 0n),
      path: pathMembers(op.path),
      source_amount: formatLedgerAmount(op.sendAmount),
      destination_min: formatLedgerAmount(op.destMin),
      ...assetMembers(assetOf(op.sendAsset), 'source_'),
    };
    return { details, participants: [destination.account] };
  },
};

export interface Walk {
  /** At the far end: what the source pays (backwards) or the destination gets (forwards). */
  readonly amount: bigint;
  /** In the order of the path, from the source. */
  readonly trades: readonly Trade[];
}

/** `from` is the send asset and the path; equal neighbours need no trade. */
export function walkBackwards(
  context: OperationContext,
  from: readonly SandboxAsset[],
  receive: SandboxAsset,
  amount: bigint,
): Walk {
  let wanted = receive;
  let need = amount;
  let trades: readonly Trade[] = [];
  for (const send of from.toReversed()) {
    if (!sameAsset(send, wanted)) {
      const hop = trade(
        context,
        { send, receive: wanted, maxSend: INT64_MAX, maxReceive: need },
        'strict_receive',
        trades.length,
      );
      if (hop.received !== need) refuse(PATH_CODES.tooFewOffers);
      need = hop.sent;
      trades = [...hop.trades, ...trades];
    }
    wanted = send;
  }
  return { amount: need, trades };
}

/** `to` is the path and the asset of the destination. */
export function walkForwards(
  context: OperationContext,
  send: SandboxAsset,
  to: readonly SandboxAsset[],
  amount: bigint,
): Walk {
  let held = send;
  let have = amount;
  const trades: Trade[] = [];
  for (const receive of to) {
    if (!sameAsset(held, receive)) {
      const hop = trade(
        context,
        { send: held, receive, maxSend: have, maxReceive: INT64_MAX },
        'strict_send',
        trades.length,
      );
      if (hop.sent !== have) refuse(PATH_CODES.tooFewOffers);
      have = hop.received;
      trades.push(...hop.trades);
    }
    held = receive;
  }
  return { amount: have, trades };
}

interface Hop {
  readonly send: SandboxAsset;
  readonly receive: SandboxAsset;
  readonly maxSend: bigint;
  readonly maxReceive: bigint;
}

function trade(
  context: OperationContext,
  hop: Hop,
  rounding: 'strict_send' | 'strict_receive',
  crossedBefore: number,
): Conversion {
  const own = context.source.account;
  const conversion = convert(context, {
    ...hop,
    rounding,
    crossedBefore,
    filter: ({ seller }) => (seller === own ? 'stop_own' : 'take'),
  });
  switch (conversion.end) {
    case 'done':
      return conversion;
    case 'stop_own':
      return refuse(PATH_CODES.crossSelf);
    case 'too_many':
      return refuse('opExceededWorkLimit');
    case 'partial':
    case 'stop_price':
      return refuse(PATH_CODES.tooFewOffers);
  }
}

interface Ends {
  readonly sendAsset: AssetWire;
  readonly destAsset: AssetWire;
  readonly path: readonly AssetWire[];
}

/** Core's shouldBypassIssuerCheck: credit going home needs no account there. */
function returnsToIssuer(op: Ends, destination: Party): boolean {
  const receive = assetOf(op.destAsset);
  return receive.issuer === destination.account && op.path.length === 0 && sameAsset(assetOf(op.sendAsset), receive);
}

function pathMembers(path: readonly AssetWire[]): Record<string, string>[] {
  return path.map((asset) => assetMembers(assetOf(asset)));
}

function noteEffects(
  { effects, source }: OperationContext,
  destination: Party,
  send: SandboxAsset,
  sent: bigint,
  receive: SandboxAsset,
  received: bigint,
  trades: readonly Trade[],
): void {
  effects.credited(destination, receive, received);
  effects.debited(source, send, sent);
  effects.traded(source, trades);
}
