import type { FastifyInstance } from 'fastify';
import { type Amount, type Asset, assetKey, formatLedgerAmount, NATIVE, sameAsset } from '../../common/money';
import type { LedgerEngine } from '../ledger/contract';
import { assetFields, type Json } from './fields';
import { accountParam, amountParam, assetListParam, requiredAsset } from './params';
import type { Query } from './paging';
import { invalidField } from './problems';
import { type HorizonSurface, queryOf } from './surface';

/** Assets between source and destination, at most. */
const MOST_STEPS = 3;
/** Paths told for each source or destination asset. */
const MOST_PATHS = 5;
/** Books looked at for one request, so that a market full of strange assets stays cheap. */
const MOST_QUOTES = 300;

interface Found {
  readonly source: Asset;
  readonly sourceAmount: Amount;
  readonly destination: Asset;
  readonly destinationAmount: Amount;
  readonly path: readonly Asset[];
}

export function pathRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  for (const path of ['/paths/strict-receive', '/paths']) {
    scope.get(path, (request, reply) => surface.sendState(reply, pathPage(strictReceive(surface.network.engine, queryOf(request)))));
  }
  scope.get('/paths/strict-send', (request, reply) => surface.sendState(reply, pathPage(strictSend(surface.network.engine, queryOf(request)))));
}

function strictReceive(engine: LedgerEngine, query: Query): Found[] {
  const destination = requiredAsset(query, 'destination_');
  const destinationAmount = amountParam(query, 'destination_amount');
  const account = query['source_account'] ?? '';
  const sources = eitherParam(engine, query, 'source_account', 'source_assets');
  const affordable = (found: Found): boolean => account === '' || found.sourceAmount <= holding(engine, account, found.source);
  return sources.flatMap((source) => {
    const found: Found[] = [];
    for (const path of candidates(engine, source, destination)) {
      const sourceAmount = sameAsset(source, destination) ? destinationAmount : engine.quoteStrictReceive(source, path, destination, destinationAmount);
      if (sourceAmount !== undefined) found.push({ source, sourceAmount, destination, destinationAmount, path });
    }
    return found.filter(affordable).sort((a, b) => order(a.sourceAmount, b.sourceAmount)).slice(0, MOST_PATHS);
  });
}

function strictSend(engine: LedgerEngine, query: Query): Found[] {
  const source = requiredAsset(query, 'source_');
  const sourceAmount = amountParam(query, 'source_amount');
  const destinations = eitherParam(engine, query, 'destination_account', 'destination_assets');
  return destinations.flatMap((destination) => {
    const found: Found[] = [];
    for (const path of candidates(engine, source, destination)) {
      const destinationAmount = sameAsset(source, destination) ? sourceAmount : engine.quoteStrictSend(source, sourceAmount, path, destination);
      if (destinationAmount !== undefined) found.push({ source, sourceAmount, destination, destinationAmount, path });
    }
    return found.sort((a, b) => order(b.destinationAmount, a.destinationAmount)).slice(0, MOST_PATHS);
  });
}

/** Exactly one of the two is to be given: an account, whose assets are meant, or a list of assets. */
function eitherParam(engine: LedgerEngine, query: Query, accountField: string, assetsField: string): Asset[] {
  const account = query[accountField] ?? '';
  const assets = query[assetsField] ?? '';
  if ((account === '') === (assets === '')) {
    throw invalidField(accountField, `The request requires either a list of ${assetsField} or a ${accountField}. Both fields cannot be present.`);
  }
  if (assets !== '') return assetListParam(assets, assetsField);
  accountParam(account, accountField);
  if (engine.account(account) === undefined) return [];
  return [...engine.trustlinesOf(account).map(({ asset }) => asset), NATIVE];
}

function holding(engine: LedgerEngine, address: string, asset: Asset): Amount {
  if (asset.issuer === null) return engine.account(address)?.balance ?? 0n;
  return engine.trustlinesOf(address).find((line) => sameAsset(line.asset, asset))?.balance ?? 0n;
}

/** Chains of assets that have an offer at every step, found backwards from the destination. */
function candidates(engine: LedgerEngine, source: Asset, destination: Asset): Asset[][] {
  if (sameAsset(source, destination)) return [[]];
  const traded = engine.tradedAssets();
  const found: Asset[][] = [];
  let looks = 0;
  const walk = (wanted: Asset, path: readonly Asset[]): void => {
    for (const paid of traded) {
      if (looks >= MOST_QUOTES || sameAsset(paid, wanted) || sameAsset(paid, destination) || path.some((step) => sameAsset(step, paid))) continue;
      looks += 1;
      if (engine.offers(wanted, paid).length === 0) continue;
      if (sameAsset(paid, source)) found.push([...path]);
      else if (path.length < MOST_STEPS) walk(paid, [paid, ...path]);
    }
  };
  walk(destination, []);
  return found;
}

/** Path answers are the one page without links. */
function pathPage(found: readonly Found[]): Json {
  const records = [...found].sort((a, b) => (assetKey(a.source) < assetKey(b.source) ? -1 : assetKey(a.source) > assetKey(b.source) ? 1 : 0)).map((one) => ({
    ...assetFields(one.source, 'source_'),
    source_amount: formatLedgerAmount(one.sourceAmount),
    ...assetFields(one.destination, 'destination_'),
    destination_amount: formatLedgerAmount(one.destinationAmount),
    path: one.path.map((asset) => assetFields(asset)),
  }));
  return { _embedded: { records } };
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
