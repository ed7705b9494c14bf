import type { FastifyInstance } from 'fastify';
import { type Amount, type Asset, assetKey, formatLedgerAmount, NATIVE, sameAsset } from '../../common/money';
import type { LedgerEngine } from '../ledger/contract';
import { assetFields, type Json } from './fields';
import { accountParam, amountParam, assetListParam, requiredAsset } from './params';
import type { Query } from './paging';
import { PathDesk } from './path-desk';
import { type FoundPath, strictReceive, strictSend } from './path-search';
import { invalidField } from './problems';
import { type HorizonSurface, queryOf } from './surface';

export function pathRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  const desk = new PathDesk(surface.network);
  for (const path of ['/paths/strict-receive', '/paths']) {
    scope.get(path, async (request, reply) =>
      surface.sendState(reply, pathPage(await receivePaths(desk, surface.network.engine, queryOf(request)))),
    );
  }
  scope.get('/paths/strict-send', async (request, reply) =>
    surface.sendState(reply, pathPage(await sendPaths(desk, surface.network.engine, queryOf(request)))),
  );
}

function receivePaths(desk: PathDesk, engine: LedgerEngine, query: Query): Promise<FoundPath[]> {
  const destination = requiredAsset(query, 'destination_');
  const destinationAmount = amountParam(query, 'destination_amount');
  const account = query['source_account'] ?? '';
  const sources = eitherParam(engine, query, 'source_account', 'source_assets');
  const holding = (source: Asset): Amount => (account === '' ? WITHOUT_LIMIT : held(engine, account, source));
  return desk.find(questionOf('receive', [account, destinationAmount, destination, ...sources]), () =>
    strictReceive(engine, { sources, destination, destinationAmount, holding }),
  );
}

function sendPaths(desk: PathDesk, engine: LedgerEngine, query: Query): Promise<FoundPath[]> {
  const source = requiredAsset(query, 'source_');
  const sourceAmount = amountParam(query, 'source_amount');
  const destinations = eitherParam(engine, query, 'destination_account', 'destination_assets');
  return desk.find(questionOf('send', [sourceAmount, source, ...destinations]), () =>
    strictSend(engine, { source, sourceAmount, destinations }),
  );
}

/** More than there is of anything: a caller that names no account gets every path. */
const WITHOUT_LIMIT: Amount = 2n ** 63n;

function questionOf(kind: string, parts: readonly (string | Amount | Asset)[]): string {
  return [kind, ...parts.map((part) => (typeof part === 'object' ? assetKey(part) : String(part)))].join(' ');
}

/** Exactly one of the two is to be given: an account, whose assets are meant, or a list of assets. */
function eitherParam(engine: LedgerEngine, query: Query, accountField: string, assetsField: string): Asset[] {
  const account = query[accountField] ?? '';
  const assets = query[assetsField] ?? '';
  if ((account === '') === (assets === '')) {
    throw invalidField(
      accountField,
      `The request requires either a list of ${assetsField} or a ${accountField}. Both fields cannot be present.`,
    );
  }
  if (assets !== '') return assetListParam(assets, assetsField);
  accountParam(account, accountField);
  if (engine.account(account) === undefined) return [];
  return [...engine.trustlinesOf(account).map(({ asset }) => asset), NATIVE];
}

function held(engine: LedgerEngine, address: string, asset: Asset): Amount {
  if (asset.issuer === null) return engine.account(address)?.balance ?? 0n;
  return engine.trustlinesOf(address).find((line) => sameAsset(line.asset, asset))?.balance ?? 0n;
}

/** Path answers are the one page without links. */
function pathPage(found: readonly FoundPath[]): Json {
  const records = [...found]
    .sort((a, b) => (assetKey(a.source) < assetKey(b.source) ? -1 : assetKey(a.source) > assetKey(b.source) ? 1 : 0))
    .map((one) => ({
      ...assetFields(one.source, 'source_'),
      source_amount: formatLedgerAmount(one.sourceAmount),
      ...assetFields(one.destination, 'destination_'),
      destination_amount: formatLedgerAmount(one.destinationAmount),
      path: one.path.map((asset) => assetFields(asset)),
    }));
  return { _embedded: { records } };
}
