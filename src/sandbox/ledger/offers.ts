import type { OfferEntry } from './contract';
import { offerLiabilities } from './exchange';
import { holdingOf } from './holdings';
import type { LedgerState } from './state';

/** Writes the offer and the liabilities it brings with it. */
export function placeOffer(state: LedgerState, offer: OfferEntry): void {
  state.setOffer(offer);
  moveLiabilities(state, offer, 1n);
}

/** Takes the liabilities of an offer off its owner, because it is about to change or to go. */
export function releaseOffer(state: LedgerState, offer: OfferEntry): void {
  moveLiabilities(state, offer, -1n);
}

function moveLiabilities(state: LedgerState, offer: OfferEntry, sign: 1n | -1n): void {
  const { selling, buying } = offerLiabilities(offer.price, offer.amount);
  holdingOf(state, offer.seller, offer.selling)?.addLiabilities(sign * selling, 0n);
  holdingOf(state, offer.seller, offer.buying)?.addLiabilities(0n, sign * buying);
}
