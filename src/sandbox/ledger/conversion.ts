import type { Asset } from '../../common/money';
import type { OfferEntry, SandboxAsset } from './contract';
import type { OperationContext } from './context';
import type { Trade } from './effects';
import { adjustOffer, exchange, type Rounding, smaller } from './exchange';
import { holdingOf } from './holdings';
import { placeOffer, releaseOffer } from './offers';
import { MAX_OFFERS_TO_CROSS } from './protocol';
import { releaseSubentry } from './reserves';

export type OfferFilter = (offer: OfferEntry) => 'take' | 'stop_price' | 'stop_own';

export interface Order {
  readonly send: SandboxAsset;
  readonly maxSend: bigint;
  readonly receive: SandboxAsset;
  readonly maxReceive: bigint;
  readonly rounding: Rounding;
  readonly filter: OfferFilter;
  /** Offers the operation has crossed before (earlier hops). */
  readonly crossedBefore: number;
}

export interface Conversion {
  /** `done`: the order is used up; `partial`: the book is. */
  readonly end: 'done' | 'partial' | 'stop_price' | 'stop_own' | 'too_many';
  readonly sent: bigint;
  readonly received: bigint;
  readonly trades: readonly Trade[];
}

/** Takes offers, best first, until the order is filled (core's convertWithOffers). Only the makers' side is booked. */
export function convert(context: OperationContext, order: Order): Conversion {
  const room = MAX_OFFERS_TO_CROSS - order.crossedBefore;
  const trades: Trade[] = [];
  let sent = 0n;
  let received = 0n;
  let needMore = order.maxSend > 0n && order.maxReceive > 0n;
  const end = (how: Conversion['end']): Conversion => ({ end: how, sent, received, trades });
  if (needMore && room === 0) return end('too_many');
  while (needMore) {
    const offer = context.state.book.best(order.receive, order.send);
    if (offer === undefined) return end('partial');
    const verdict = order.filter(offer);
    if (verdict !== 'take') return end(verdict);
    if (trades.length >= room) return end('too_many');
    const crossed = crossOffer(context, offer, order.maxSend - sent, order.maxReceive - received, order.rounding);
    trades.push(crossed.trade);
    sent += crossed.trade.bought.amount;
    received += crossed.trade.sold.amount;
    needMore = !crossed.makerStays && sent < order.maxSend && received < order.maxReceive;
  }
  return end('done');
}

interface Crossing {
  readonly trade: Trade;
  /** The offer was worth more than the order: the order is used up. */
  readonly makerStays: boolean;
}

function crossOffer(
  context: OperationContext,
  offer: OfferEntry,
  maxSend: bigint,
  maxReceive: bigint,
  rounding: Rounding,
): Crossing {
  const { state } = context;
  releaseOffer(state, offer);
  const limits = {
    maxWheatSend: smaller(offer.amount, canSell(context, offer.seller, offer.selling)),
    maxWheatReceive: maxReceive,
    maxSheepSend: maxSend,
    maxSheepReceive: canBuy(context, offer.seller, offer.buying),
  };
  const { wheat, sheep, wheatStays } = exchange(offer.price, limits, rounding);
  book(context, offer.seller, offer.buying, sheep);
  book(context, offer.seller, offer.selling, -wheat);
  const rest = wheatStays ? smaller(offer.amount - wheat, canSell(context, offer.seller, offer.selling)) : 0n;
  const amount = rest === 0n ? 0n : adjustOffer(offer.price, rest, canBuy(context, offer.seller, offer.buying));
  if (amount === 0n) {
    state.removeOffer(offer);
    releaseSubentry(context, offer.seller, offer.sponsor);
  } else {
    placeOffer(state, { ...offer, amount });
  }
  const trade: Trade = {
    offerId: offer.id,
    seller: offer.seller,
    sold: { asset: offer.selling, amount: wheat },
    bought: { asset: offer.buying, amount: sheep },
  };
  return { trade, makerStays: wheatStays };
}

/** Never below zero: a reserve that grew may exceed the balance. */
export function canSell(context: OperationContext, account: string, asset: Asset): bigint {
  const available = holdingOf(context.state, account, asset)?.available ?? 0n;
  return available > 0n ? available : 0n;
}

export function canBuy(context: OperationContext, account: string, asset: Asset): bigint {
  const receivable = holdingOf(context.state, account, asset)?.receivable ?? 0n;
  return receivable > 0n ? receivable : 0n;
}

/** Books one side of a trade whose limits were respected while it was computed. */
export function book(context: OperationContext, account: string, asset: Asset, delta: bigint): void {
  if (delta === 0n) return;
  if (holdingOf(context.state, account, asset)?.add(delta) !== true)
    throw new Error(`trade exceeds what ${account} may hold`);
}
