import { type Asset, assetKey } from '../../common/money';
import type { OfferEntry, SandboxAsset } from './contract';

interface Side {
  readonly selling: SandboxAsset;
  readonly buying: SandboxAsset;
  /** Best price first, then lowest id. */
  readonly offers: OfferEntry[];
}

/** Offers of every pair in the order in which they are taken. */
export class OrderBook {
  private readonly sides = new Map<string, Side>();
  /** asset -> what its sellers want for it. */
  private readonly paidFor = new Map<string, Map<string, SandboxAsset>>();

  offers(selling: Asset, buying: Asset): readonly OfferEntry[] {
    return this.sides.get(pairKey(selling, buying))?.offers ?? [];
  }

  best(selling: Asset, buying: Asset): OfferEntry | undefined {
    return this.sides.get(pairKey(selling, buying))?.offers[0];
  }

  add(offer: OfferEntry): void {
    const key = pairKey(offer.selling, offer.buying);
    let side = this.sides.get(key);
    if (side === undefined) {
      side = { selling: offer.selling, buying: offer.buying, offers: [] };
      this.sides.set(key, side);
      const paid = this.paidFor.get(assetKey(offer.selling)) ?? new Map<string, SandboxAsset>();
      this.paidFor.set(assetKey(offer.selling), paid.set(assetKey(offer.buying), offer.buying));
    }
    side.offers.splice(position(side.offers, offer), 0, offer);
  }

  remove(offer: OfferEntry): void {
    const key = pairKey(offer.selling, offer.buying);
    const side = this.sides.get(key);
    if (side === undefined) return;
    const at = position(side.offers, offer);
    if (side.offers[at]?.id === offer.id) side.offers.splice(at, 1);
    if (side.offers.length > 0) return;
    this.sides.delete(key);
    this.paidFor.get(assetKey(offer.selling))?.delete(assetKey(offer.buying));
  }

  /** Assets that can be paid for `wanted`, in the order of their keys. */
  assetsPaidFor(wanted: Asset): SandboxAsset[] {
    const paid = this.paidFor.get(assetKey(wanted));
    return paid === undefined ? [] : [...paid.keys()].toSorted().map((key) => paid.get(key) as SandboxAsset);
  }

  tradedAssets(): SandboxAsset[] {
    const assets = new Map<string, SandboxAsset>();
    for (const { selling, buying } of this.sides.values()) {
      assets.set(assetKey(selling), selling);
      assets.set(assetKey(buying), buying);
    }
    return [...assets.keys()].toSorted().map((key) => assets.get(key) as SandboxAsset);
  }
}

function pairKey(selling: Asset, buying: Asset): string {
  return `${assetKey(selling)}/${assetKey(buying)}`;
}

/** Where the offer is, or belongs. Core compares prices as doubles, and so do we. */
function position(offers: readonly OfferEntry[], offer: OfferEntry): number {
  let low = 0;
  let high = offers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTakenBefore(offers[middle] as OfferEntry, offer)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isTakenBefore(a: OfferEntry, b: OfferEntry): boolean {
  const left = a.price.n / a.price.d;
  const right = b.price.n / b.price.d;
  return left === right ? a.id < b.id : left < right;
}
