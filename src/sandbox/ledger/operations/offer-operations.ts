import { formatLedgerAmount } from '../../../common/money';
import type { OperationContext } from '../context';
import { assetMembers, priceMembers } from '../details';
import type { Price } from '../exchange';
import { offerSuccess } from '../results';
import { type AssetWire, assetOf, type BodyOf } from '../wire';
import { applyOrder, isOrderValid, OFFER_CODES, type OfferOrder, type OfferResult } from './manage-offer';
import type { OperationRule, Outcome } from './rule';

export const manageSellOffer: OperationRule<3> = {
  threshold: () => 'medium',
  check: ({ manageSellOfferOp: op }) => verdict(op.selling, op.buying, sellOrder(op)),
  apply(context, { manageSellOfferOp: op }) {
    const done = placed(context, sellOrder(op));
    return outcome({ type: 3, manageSellOfferResult: { code: 0, success: offerSuccess(done) } }, done);
  },
  describe: ({ manageSellOfferOp: op }) => ({
    details: { ...members(op, op.amount, op.price), offer_id: op.offerId.toString() },
  }),
};

export const manageBuyOffer: OperationRule<12> = {
  threshold: () => 'medium',
  check: ({ manageBuyOfferOp: op }) => verdict(op.selling, op.buying, buyOrder(op)),
  apply(context, { manageBuyOfferOp: op }) {
    const done = placed(context, buyOrder(op));
    return outcome({ type: 12, manageBuyOfferResult: { code: 0, success: offerSuccess(done) } }, done);
  },
  describe: ({ manageBuyOfferOp: op }) => ({
    details: { ...members(op, op.buyAmount, op.price), offer_id: op.offerId.toString() },
  }),
};

export const createPassiveSellOffer: OperationRule<4> = {
  threshold: () => 'medium',
  check: ({ createPassiveSellOfferOp: op }) => verdict(op.selling, op.buying, passiveOrder(op)),
  apply(context, { createPassiveSellOfferOp: op }) {
    const done = placed(context, passiveOrder(op));
    return outcome({ type: 4, createPassiveSellOfferResult: { code: 0, success: offerSuccess(done) } }, done);
  },
  describe: ({ createPassiveSellOfferOp: op }) => ({ details: members(op, op.amount, op.price) }),
};

function sellOrder(op: BodyOf<3>['manageSellOfferOp']): OfferOrder {
  return {
    ...pair(op),
    price: op.price,
    limit: { side: 'sell', amount: op.amount },
    offerId: op.offerId,
    passiveWhenNew: false,
  };
}

function passiveOrder(op: BodyOf<4>['createPassiveSellOfferOp']): OfferOrder {
  return {
    ...pair(op),
    price: op.price,
    limit: { side: 'sell', amount: op.amount },
    offerId: 0n,
    passiveWhenNew: true,
  };
}

/** A buy offer names its price the other way round: units of `selling` for one of `buying`. */
function buyOrder(op: BodyOf<12>['manageBuyOfferOp']): OfferOrder {
  const price = { n: op.price.d, d: op.price.n };
  return {
    ...pair(op),
    price,
    limit: { side: 'buy', amount: op.buyAmount },
    offerId: op.offerId,
    passiveWhenNew: false,
  };
}

interface Pair {
  readonly selling: AssetWire;
  readonly buying: AssetWire;
}

function pair({ selling, buying }: Pair): Pick<OfferOrder, 'selling' | 'buying'> {
  return { selling: assetOf(selling), buying: assetOf(buying) };
}

function verdict(selling: AssetWire, buying: AssetWire, order: OfferOrder): number | undefined {
  return isOrderValid(selling, buying, order) ? undefined : OFFER_CODES.malformed;
}

function placed(context: OperationContext, order: OfferOrder): OfferResult {
  const done = applyOrder(context, order);
  context.effects.traded(context.source, done.trades);
  return done;
}

function outcome(result: Outcome['result'], { sponsor }: OfferResult): Outcome {
  return sponsor === undefined ? { result } : { result, sponsor };
}

function members({ selling, buying }: Pair, amount: bigint, price: Price): Record<string, unknown> {
  return {
    amount: formatLedgerAmount(amount),
    ...priceMembers(price),
    ...assetMembers(assetOf(buying), 'buying_'),
    ...assetMembers(assetOf(selling), 'selling_'),
  };
}
