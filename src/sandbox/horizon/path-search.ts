import { type Amount, type Asset, assetKey, sameAsset } from '../../common/money';
import type { LedgerEngine } from '../ledger/contract';

/** Assets between source and destination, at most. */
const MOST_STEPS = 3;
/** Paths returned for each source or destination asset. */
const MOST_PATHS = 5;
/** Steps from asset to asset that one search takes: a market full of strange assets has more of them than can be followed. */
const MOST_LOOKS = 2_000;
/** Paths whose price is asked for in one search. Each may cross a thousand offers. */
const MOST_QUOTES = 300;

export interface FoundPath {
  readonly source: Asset;
  readonly sourceAmount: Amount;
  readonly destination: Asset;
  readonly destinationAmount: Amount;
  readonly path: readonly Asset[];
}

/** A search that pauses wherever others may have their turn. */
export type Search = Generator<undefined, FoundPath[]>;

export interface ReceiveWish {
  readonly sources: readonly Asset[];
  readonly destination: Asset;
  readonly destinationAmount: Amount;
  /** What can be given of an asset. */
  readonly holding: (asset: Asset) => Amount;
}

export function* strictReceive(
  engine: LedgerEngine,
  { sources, destination, destinationAmount, holding }: ReceiveWish,
): Search {
  const found: FoundPath[] = [];
  for (const { source, path } of yield* chains(engine, sources, destination, MOST_LOOKS, MOST_QUOTES)) {
    const sourceAmount = sameAsset(source, destination)
      ? destinationAmount
      : engine.quoteStrictReceive(source, path, destination, destinationAmount);
    if (sourceAmount !== undefined && sourceAmount <= holding(source))
      found.push({ source, sourceAmount, destination, destinationAmount, path });
    yield;
  }
  return sources.flatMap((source) =>
    found
      .filter((each) => sameAsset(each.source, source))
      .toSorted((a, b) => order(a.sourceAmount, b.sourceAmount))
      .slice(0, MOST_PATHS),
  );
}

export interface SendWish {
  readonly source: Asset;
  readonly sourceAmount: Amount;
  readonly destinations: readonly Asset[];
}

export function* strictSend(engine: LedgerEngine, { source, sourceAmount, destinations }: SendWish): Search {
  const share = (all: number): number => Math.max(10, Math.floor(all / Math.max(1, destinations.length)));
  const told: FoundPath[] = [];
  for (const destination of destinations) {
    const found: FoundPath[] = [];
    for (const { path } of yield* chains(engine, [source], destination, share(MOST_LOOKS), share(MOST_QUOTES))) {
      const destinationAmount = sameAsset(source, destination)
        ? sourceAmount
        : engine.quoteStrictSend(source, sourceAmount, path, destination);
      if (destinationAmount !== undefined) found.push({ source, sourceAmount, destination, destinationAmount, path });
      yield;
    }
    told.push(...found.toSorted((a, b) => order(b.destinationAmount, a.destinationAmount)).slice(0, MOST_PATHS));
  }
  return told;
}

interface Chain {
  readonly source: Asset;
  readonly path: readonly Asset[];
}

/** Chains of assets that have an offer at every step, found backwards from the destination, the short ones first. */
function* chains(
  engine: LedgerEngine,
  sources: readonly Asset[],
  destination: Asset,
  mostLooks: number,
  mostChains: number,
): Generator<undefined, readonly Chain[]> {
  const wanted = new Set(sources.map(assetKey));
  const found: Chain[] = sources
    .filter((source) => sameAsset(source, destination))
    .map((source) => ({ source, path: [] }));
  let looks = 0;
  let level: readonly (readonly Asset[])[] = [[]];
  for (let steps = 0; steps <= MOST_STEPS && level.length > 0; steps += 1) {
    const next: (readonly Asset[])[] = [];
    for (const path of level) {
      yield;
      for (const paid of engine.assetsPaidFor(path[0] ?? destination)) {
        if (looks >= mostLooks || found.length >= mostChains) return found;
        looks += 1;
        if (sameAsset(paid, destination) || path.some((step) => sameAsset(step, paid))) continue;
        // A payer with the destination asset itself has its chain already.
        if (wanted.has(assetKey(paid))) found.push({ source: paid, path });
        next.push([paid, ...path]);
      }
    }
    level = next;
  }
  return found;
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
