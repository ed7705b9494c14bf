import { NATIVE, sameAsset } from '../../../common/money';
import type { OfferEntry, SandboxAsset } from '../contract';
import type { OperationContext } from '../context';
import { book, canBuy, canSell, convert } from '../conversion';
import type { Trade } from '../effects';
import { adjustOffer, exchangeUnbounded, type Price, smaller } from '../exchange';
import { holdingOf } from '../holdings';
import { placeOffer, releaseOffer } from '../offers';
import { INT64_MAX } from '../protocol';
import { refuse } from '../refusal';
import { releaseSubentry, reserveSubentry } from '../reserves';
import { type AssetWire, isAssetValid } from '../wire';

/** The codes of the three offer operations. */
export const OFFER_CODES = {
  malformed: -1,
  sellNoTrust: -2,
  buyNoTrust: -3,
  sellNotAuthorized: -4,
  buyNotAuthorized: -5,
  lineFull: -6,
  underfunded: -7,
  crossSelf: -8,
  notFound: -11,
  lowReserve: -12,
};

/** One of the three operations in one form. `price` is always n/d of `buying` per unit of `selling`. */
export interface OfferOrder {
  readonly selling: SandboxAsset;
  readonly buying: SandboxAsset;
  readonly price: Price;
  /** Exactly one of the two is limited; 0 deletes. */
  readonly limit: { readonly side: 'sell' | 'buy'; readonly amount: bigint };
  /** 0: a new offer. */
  readonly offerId: bigint;
  readonly passiveWhenNew: boolean;
}

export interface OfferResult {
  readonly trades: readonly Trade[];
  readonly effect: 'created' | 'updated' | 'deleted';
  readonly offer?: OfferEntry;
  readonly sponsor?: string;
}

export function isOrderValid(selling: AssetWire, buying: AssetWire, order: OfferOrder): boolean {
  const { price, limit, offerId } = order;
  if (!isAssetValid(selling) || !isAssetValid(buying) || sameAsset(order.selling, order.buying)) return false;
  if (limit.amount < 0n || price.n <= 0 || price.d <= 0 || offerId < 0n) return false;
  return offerId !== 0n || limit.amount !== 0n;
}

/** Core's ManageOfferOpFrameBase::doApply. */
export function applyOrder(context: OperationContext, order: OfferOrder): OfferResult {
  const isDelete = order.limit.amount === 0n;
  if (!isDelete) requireTrust(context, order);
  const slot = order.offerId === 0n ? openSlot(context, order) : takeOut(context, order.offerId);
  const filled = isDelete ? NOTHING : fill(context, order, slot.passive);
  if (filled.rest > 0n) {
    const offer = restingOffer(context, order, slot, filled.rest);
    placeOffer(context.state, offer);
    const effect = order.offerId === 0n ? 'created' : 'updated';
    return { trades: filled.trades, effect, offer, ...sponsorMember(slot.sponsor) };
  }
  releaseSubentry(context, context.source.account, slot.sponsor);
  return { trades: filled.trades, effect: 'deleted' };
}

/** The place an offer takes in its owner's reserve, whether it exists already or may come to be. */
interface Slot {
  readonly passive: boolean;
  readonly sponsor: string | undefined;
}

interface Filled {
  readonly trades: readonly Trade[];
  /** What is left to put into the book. */
  readonly rest: bigint;
}

const NOTHING: Filled = { trades: [], rest: 0n };

function requireTrust({ state, source }: OperationContext, { selling, buying }: OfferOrder): void {
  if (!sameAsset(selling, NATIVE)) {
    const holding = holdingOf(state, source.account, selling);
    if (holding === undefined) refuse(OFFER_CODES.sellNoTrust);
    if (holding.balance === 0n) refuse(OFFER_CODES.underfunded);
    if (!holding.isAuthorized) refuse(OFFER_CODES.sellNotAuthorized);
  }
  if (!sameAsset(buying, NATIVE)) {
    const holding = holdingOf(state, source.account, buying);
    if (holding === undefined) refuse(OFFER_CODES.buyNoTrust);
    if (!holding.isAuthorized) refuse(OFFER_CODES.buyNotAuthorized);
  }
}

function openSlot(context: OperationContext, order: OfferOrder): Slot {
  const sponsor = reserveSubentry(context, context.source.account, OFFER_CODES.lowReserve);
  return { passive: order.passiveWhenNew, sponsor };
}

function takeOut({ state, source }: OperationContext, id: bigint): Slot {
  const offer = state.offer(id);
  if (offer?.seller !== source.account) refuse(OFFER_CODES.notFound);
  releaseOffer(state, offer);
  state.removeOffer(offer);
  return { passive: offer.passive, sponsor: offer.sponsor };
}

function fill(context: OperationContext, order: OfferOrder, passive: boolean): Filled {
  const { selling, buying, price } = order;
  const account = context.source.account;
  requireRoom(context, order);
  const maxSend = limited(order, 'sell', canSell(context, account, selling), 0n);
  const maxReceive = limited(order, 'buy', canBuy(context, account, buying), 0n);
  if (maxReceive === 0n) refuse(OFFER_CODES.lineFull);
  const { end, sent, received, trades } = convert(context, {
    send: selling,
    maxSend,
    receive: buying,
    maxReceive,
    rounding: 'normal',
    crossedBefore: 0,
    filter: (offer) => {
      if (isWorse(offer.price, price, passive)) return 'stop_price';
      return offer.seller === account ? 'stop_own' : 'take';
    },
  });
  if (end === 'stop_own') refuse(OFFER_CODES.crossSelf);
  if (end === 'too_many') refuse('opExceededWorkLimit');
  book(context, account, buying, received);
  book(context, account, selling, -sent);
  if (end === 'done') return { trades, rest: 0n };
  const sellable = limited(order, 'sell', canSell(context, account, selling), sent);
  const buyable = limited(order, 'buy', canBuy(context, account, buying), received);
  return { trades, rest: adjustOffer(price, sellable, buyable) };
}

/** The whole order must fit into balance and limits, although crossing offers may make it cheaper. */
function requireRoom({ state, source }: OperationContext, order: OfferOrder): void {
  const bound = (side: 'sell' | 'buy'): bigint => (order.limit.side === side ? order.limit.amount : INT64_MAX);
  const limits = {
    maxWheatSend: bound('sell'),
    maxWheatReceive: INT64_MAX,
    maxSheepSend: INT64_MAX,
    maxSheepReceive: bound('buy'),
  };
  const { wheat, sheep } = exchangeUnbounded(order.price, limits, 'normal');
  if ((holdingOf(state, source.account, order.buying)?.receivable ?? 0n) < sheep) refuse(OFFER_CODES.lineFull);
  if ((holdingOf(state, source.account, order.selling)?.available ?? 0n) < wheat) refuse(OFFER_CODES.underfunded);
}

function limited({ limit }: OfferOrder, side: 'sell' | 'buy', most: bigint, used: bigint): bigint {
  return limit.side === side ? smaller(limit.amount - used, most) : most;
}

/** Is the standing offer's price above the inverse of ours (or equal to it, for a passive order)? */
function isWorse(standing: Price, own: Price, passive: boolean): boolean {
  const left = BigInt(standing.n) * BigInt(own.n);
  const right = BigInt(standing.d) * BigInt(own.d);
  return passive ? left >= right : left > right;
}

function restingOffer({ state, source }: OperationContext, order: OfferOrder, slot: Slot, amount: bigint): OfferEntry {
  return {
    id: order.offerId === 0n ? state.nextId() : order.offerId,
    seller: source.account,
    selling: order.selling,
    buying: order.buying,
    amount,
    price: order.price,
    passive: slot.passive,
    ...sponsorMember(slot.sponsor),
    lastModifiedLedger: 0,
  };
}

function sponsorMember(sponsor: string | undefined): { sponsor?: string } {
  return sponsor === undefined ? {} : { sponsor };
}
