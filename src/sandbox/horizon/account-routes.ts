import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Asset, NATIVE, sameAsset } from '../../common/money';
import type { AccountEntry, ClaimableBalanceEntry } from '../ledger/contract';
import { streamEvents } from './event-stream';
import { listRoute } from './history-routes';
import { accountParam, assetParam, ledgerParam, optionalAccount } from './params';
import { pageOfState, type StateItem } from './paging';
import { badRequest, invalidField, problem } from './problems';
import { type HorizonSurface, OPERATIONS, pathParam, queryOf, TRANSACTIONS, wantsStream } from './surface';

export function accountRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  scope.get('/accounts', (request, reply) => {
    const items = filteredAccounts(surface, request).map((entry) => ({
      key: entry.address,
      token: entry.address,
      entry,
    }));
    return sendStatePage(
      surface,
      request,
      reply,
      items,
      (cursor) => cursor,
      ({ entry }) => accountJson(surface, entry),
    );
  });
  scope.get('/accounts/:account_id', (request, reply) => {
    const address = accountParam(pathParam(request, 'account_id'));
    const look = (): string => accountJson(surface, visibleAccount(surface, address));
    if (wantsStream(request)) return streamObject(surface, request, reply, look);
    return surface.sendState(reply, look());
  });
  scope.get('/accounts/:account_id/data/:key', (request, reply) => {
    const account = visibleAccount(surface, accountParam(pathParam(request, 'account_id')));
    const value = account.data[pathParam(request, 'key')];
    if (value === undefined) throw problem('not_found');
    return surface.sendState(reply, { value });
  });
}

/** A single object as a stream: sent again, without an id, whenever it changed. */
export function streamObject(
  surface: HorizonSurface,
  request: FastifyRequest,
  reply: FastifyReply,
  look: () => string,
): Promise<FastifyReply> {
  let told = '';
  return streamEvents(surface, reply, surface.pathOf(request), surface.pageQuery(request).limit, () => {
    const data = look();
    if (data === told) return [];
    told = data;
    return [{ data }];
  });
}

/** One page of current state. */
export function sendStatePage<Item extends StateItem>(
  surface: HorizonSurface,
  request: FastifyRequest,
  reply: FastifyReply,
  items: readonly Item[],
  keyOf: (cursor: string) => string | undefined,
  text: (item: Item) => string,
): FastifyReply {
  const page = surface.pageQuery(request);
  const found = pageOfState(items, page, keyOf);
  return surface.sendPage(
    request,
    surface.stamped(reply),
    page,
    found.map(text),
    found.map(({ token }) => token),
  );
}

function visibleAccount(surface: HorizonSurface, address: string): AccountEntry {
  const entry = surface.network.engine.account(address);
  if (entry === undefined) throw problem('not_found');
  // Genesis makes the root account without an operation, so only an account with a history can be too new to be seen.
  if (surface.network.history.account(address) !== undefined) surface.accountList(address, 'operations');
  return entry;
}

function accountJson(surface: HorizonSurface, entry: AccountEntry): string {
  return JSON.stringify(
    surface.state.account(entry, surface.network.engine.trustlinesOf(entry.address), visibleSequence(surface, entry)),
  );
}

/** Under ingestion lag the account shows the sequence number before its first unseen transaction. */
function visibleSequence(surface: HorizonSurface, entry: AccountEntry): bigint {
  const { network } = surface;
  if (network.faults.standing('ingestion_lag') === undefined) return entry.sequence;
  const { latest } = surface.window();
  const unseen = network.history.account(entry.address)?.transactions.filter((record) => record.ledger > latest) ?? [];
  const own = unseen
    .map(({ transaction }) => network.read(transaction.envelopeXdr))
    .find(({ source }) => source === entry.address);
  return own === undefined ? entry.sequence : own.sequence - 1n;
}

function filteredAccounts(surface: HorizonSurface, request: FastifyRequest): AccountEntry[] {
  const query = queryOf(request);
  const { engine, history } = surface.network;
  const signer = optionalAccount(query, 'signer');
  const sponsor = optionalAccount(query, 'sponsor');
  const asset = query['asset'] === undefined || query['asset'] === '' ? undefined : assetParam(query['asset'], 'asset');
  const filters = [signer, sponsor, asset, query['liquidity_pool']].filter(
    (filter) => filter !== undefined && filter !== '',
  );
  if (filters.length === 0)
    throw invalidField(
      'signer',
      'Exactly one filter is required. Please ensure that you are including a signer, sponsor, asset, or liquidity pool filter.',
    );
  if (filters.length > 1)
    throw badRequest("Can't filter by more than one of signer, sponsor, asset and liquidity pool at a time.");
  if (asset !== undefined && sameAsset(asset, NATIVE)) throw badRequest("you can't filter by asset: native");
  if (asset !== undefined) return engine.trustlinesFor(asset).flatMap(({ account }) => engine.account(account) ?? []);
  const entries = history.knownAccounts().flatMap((address) => engine.account(address) ?? []);
  if (sponsor !== undefined) return entries.filter((entry) => sponsoredBy(entry, sponsor));
  if (signer === undefined) return [];
  return entries.filter(({ address, signers }) => address === signer || signers.some(({ key }) => key === signer));
}

/** The account itself, one of its signers or of its data entries. */
function sponsoredBy(entry: AccountEntry, sponsor: string): boolean {
  return [
    entry.sponsor,
    ...entry.signers.map((signer) => signer.sponsor),
    ...Object.values(entry.dataSponsors ?? {}),
  ].includes(sponsor);
}

const BALANCE_ID = /^00000000[0-9a-f]{64}$/;

export function claimableBalanceRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  const text = (entry: ClaimableBalanceEntry): string => JSON.stringify(surface.state.claimableBalance(entry));
  scope.get('/claimable_balances', (request, reply) => {
    const query = queryOf(request);
    const asset: Asset | undefined =
      query['asset'] === undefined || query['asset'] === '' ? undefined : assetParam(query['asset'], 'asset');
    const [claimant, sponsor] = [optionalAccount(query, 'claimant'), optionalAccount(query, 'sponsor')];
    const filter = {
      ...(claimant === undefined ? {} : { claimant }),
      ...(sponsor === undefined ? {} : { sponsor }),
      ...(asset === undefined ? {} : { asset }),
    };
    const items = surface.network.engine.claimableBalances(filter).map((entry) => ({
      key: balanceKey(entry.lastModifiedLedger, entry.id),
      token: `${entry.lastModifiedLedger}-${entry.id}`,
      entry,
    }));
    return sendStatePage(surface, request, reply, items, balanceCursor, ({ entry }) => text(entry));
  });
  scope.get('/claimable_balances/:id', (request, reply) => {
    const id = balanceId(request);
    const entry = surface.network.engine.claimableBalance(id);
    if (entry === undefined) throw problem('not_found');
    return surface.sendState(reply, text(entry));
  });
  listRoute(
    scope,
    surface,
    '/claimable_balances/:id/operations',
    OPERATIONS,
    (request) => ofBalance(surface, request).operations,
  );
  listRoute(
    scope,
    surface,
    '/claimable_balances/:id/transactions',
    TRANSACTIONS,
    (request) => ofBalance(surface, request).transactions,
  );
}

function balanceId(request: FastifyRequest): string {
  const id = pathParam(request, 'id');
  if (!BALANCE_ID.test(id)) throw invalidField('id', `${id} does not validate as claimableBalanceID`);
  return id;
}

function ofBalance(
  surface: HorizonSurface,
  request: FastifyRequest,
): NonNullable<ReturnType<typeof surface.network.history.claimableBalance>> {
  const lists = surface.network.history.claimableBalance(balanceId(request));
  if (lists === undefined) throw problem('not_found');
  return lists;
}

function balanceKey(ledger: number, id: string): string {
  return `${String(ledger).padStart(10, '0')}-${id}`;
}

function balanceCursor(cursor: string): string | undefined {
  const [ledger = '', id = ''] = cursor.split('-', 2);
  return BALANCE_ID.test(id) ? balanceKey(ledgerParam(ledger, 'cursor'), id) : undefined;
}
