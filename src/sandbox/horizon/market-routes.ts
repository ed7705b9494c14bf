import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Asset, assetKey, formatLedgerAmount, sameAsset } from '../../common/money';
import type { TradeRecord } from '../history';
import type { OfferEntry } from '../ledger/contract';
import { sendStatePage, streamObject } from './account-routes';
import { assetFields, type Json, priceText } from './fields';
import { listRoute } from './history-routes';
import { accountParam, assetParam, idParam, optionalAccount, requiredAsset, splitAsset } from './params';
import { pageQuery, type Query } from './paging';
import { problem } from './problems';
import { assetToken } from './state-records';
import { type HorizonSurface, type ListKind, pathParam, queryOf, TRADES, wantsStream } from './surface';
import { tradeAggregations } from './trade-aggregations';
import { TradeFields } from './trade-fields';

export function marketRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  offerRoutes(scope, surface);
  assetRoutes(scope, surface);
  tradeRoutes(scope, surface);
  aggregationRoute(scope, surface);
  scope.get('/order_book', (request, reply) => {
    const look = (): string => JSON.stringify(orderBook(surface, queryOf(request)));
    if (wantsStream(request)) return streamObject(surface, request, reply, look);
    return surface.sendState(reply, look());
  });
  // There are no pools in the sandbox: an empty page is the truth.
  scope.get('/liquidity_pools', (request, reply) =>
    sendStatePage(
      surface,
      request,
      reply,
      [],
      (cursor) => cursor,
      () => '',
    ),
  );
}

function offerRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  const { network } = surface;
  const offerKey = (id: bigint): string => id.toString().padStart(20, '0');
  const item = (entry: OfferEntry): { key: string; token: string; entry: OfferEntry } => ({
    key: offerKey(entry.id),
    token: entry.id.toString(),
    entry,
  });
  const cursorKey = (cursor: string): string | undefined =>
    /^\d{1,19}$/.test(cursor) ? offerKey(BigInt(cursor)) : undefined;
  const text = ({ entry }: { entry: OfferEntry }): string => JSON.stringify(surface.state.offer(entry));
  scope.get('/offers', (request, reply) => {
    const query = queryOf(request);
    const seller = optionalAccount(query, 'seller');
    const sponsor = optionalAccount(query, 'sponsor');
    const selling = offerAsset(query, 'selling');
    const buying = offerAsset(query, 'buying');
    const offers = (seller === undefined ? network.engine.allOffers() : network.engine.offersOf(seller)).filter(
      (offer) =>
        (sponsor === undefined || offer.sponsor === sponsor) &&
        (selling === undefined || sameAsset(offer.selling, selling)) &&
        (buying === undefined || sameAsset(offer.buying, buying)),
    );
    return sendStatePage(surface, request, reply, offers.map(item), cursorKey, text);
  });
  scope.get('/offers/:offer_id', (request, reply) => {
    const id = idParam(pathParam(request, 'offer_id'), 'offer_id');
    const entry = network.engine.allOffers().find((offer) => offer.id === id);
    if (entry === undefined) throw problem('not_found');
    return surface.sendState(reply, text({ entry }));
  });
  scope.get('/accounts/:account_id/offers', (request, reply) => {
    const address = accountParam(pathParam(request, 'account_id'));
    return sendStatePage(surface, request, reply, network.engine.offersOf(address).map(item), cursorKey, text);
  });
}

/** Either `selling=CODE:ISSUER` or the three split parameters. */
function offerAsset(query: Query, side: 'selling' | 'buying'): Asset | undefined {
  const text = query[side];
  return text === undefined || text === '' ? splitAsset(query, `${side}_`) : assetParam(text, side);
}

function assetRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  scope.get('/assets', (request, reply) => {
    const { asset_code: code = '', asset_issuer: issuer = '' } = queryOf(request);
    if (issuer !== '') accountParam(issuer, 'asset_issuer');
    const items = knownAssets(surface)
      .filter((asset) => (code === '' || asset.code === code) && (issuer === '' || asset.issuer === issuer))
      .map((asset) => ({ key: assetToken(asset), token: assetToken(asset), asset }));
    return sendStatePage(
      surface,
      request,
      reply,
      items,
      (cursor) => cursor,
      ({ asset }) => assetText(surface, asset),
    );
  });
}

function knownAssets(surface: HorizonSurface): Asset[] {
  const traded = surface.network.engine.tradedAssets().filter(({ issuer }) => issuer !== null);
  const keys = new Set([...surface.network.history.knownAssets(), ...traded.map(assetKey)]);
  return [...keys].map((key) => {
    const [code = '', issuer = ''] = key.split(':');
    return { code, issuer };
  });
}

function assetText(surface: HorizonSurface, asset: Asset): string {
  const { engine } = surface.network;
  return JSON.stringify(
    surface.state.asset(
      asset,
      engine.account(asset.issuer ?? ''),
      engine.trustlinesFor(asset),
      engine.claimableBalances({ asset }),
    ),
  );
}

function tradeRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  listRoute(scope, surface, '/trades', TRADES, () => surface.network.history.all.trades, { keep: tradeFilter });
  listRoute(
    scope,
    surface,
    '/accounts/:account_id/trades',
    TRADES,
    (request) => surface.accountList(accountParam(pathParam(request, 'account_id')), 'trades'),
    {
      keep: tradeFilter,
    },
  );
  listRoute(scope, surface, '/offers/:offer_id/trades', TRADES as ListKind<TradeRecord>, (request) => {
    const id = idParam(pathParam(request, 'offer_id'), 'offer_id').toString();
    return surface.network.history.all.trades.filter((record) => involves(record, id));
  });
}

function aggregationRoute(scope: FastifyInstance, surface: HorizonSurface): void {
  scope.get('/trade_aggregations', (request, reply) => {
    const query = queryOf(request);
    const page = surface.pageQuery(request);
    const found = tradeAggregations(
      surface.network.history.all.trades.filter((record) => surface.visible(record)),
      query,
      requiredAsset(query, 'base_'),
      requiredAsset(query, 'counter_'),
    );
    if (page.order === 'desc') found.reverse();
    return surface.sendPage(
      request,
      reply,
      page,
      found.slice(0, page.limit).map((record) => JSON.stringify(record)),
      [],
    );
  });
}

function tradeFilter(request: FastifyRequest): (record: TradeRecord) => boolean {
  const query = queryOf(request);
  const base = splitAsset(query, 'base_');
  const counter = splitAsset(query, 'counter_');
  const offer = query['offer_id'] ?? '';
  const type = query['trade_type'] ?? '';
  return (record) => {
    const fields = new TradeFields(record);
    const within = (asset: Asset | undefined): boolean =>
      asset === undefined || sameAsset(asset, fields.base.asset) || sameAsset(asset, fields.counter.asset);
    return within(base) && within(counter) && (offer === '' || involves(record, offer)) && type !== 'liquidity_pool';
  };
}

function involves(record: TradeRecord, offerId: string): boolean {
  const fields = new TradeFields(record);
  return fields.base.offerId === offerId || fields.counter.offerId === offerId;
}

/** Price levels, best first. `amount` of a bid is in the counter asset, as Horizon has it. */
function orderBook(surface: HorizonSurface, query: Query): Json {
  const { engine } = surface.network;
  const selling = requiredAsset(query, 'selling_');
  const buying = requiredAsset(query, 'buying_');
  const { limit } = pageQuery({ limit: query['limit'] ?? '20' }, 0);
  return {
    bids: levels(engine.offers(buying, selling), limit, true),
    asks: levels(engine.offers(selling, buying), limit, false),
    base: assetFields(selling),
    counter: assetFields(buying),
  };
}

function levels(offers: readonly OfferEntry[], limit: number, inverted: boolean): Json[] {
  const found = new Map<string, { n: number; d: number; amount: bigint }>();
  for (const { price, amount } of offers) {
    const [n, d] = inverted ? [price.d, price.n] : [price.n, price.d];
    const level = found.get(`${n}/${d}`) ?? { n, d, amount: 0n };
    level.amount += amount;
    found.set(`${n}/${d}`, level);
  }
  return [...found.values()]
    .slice(0, limit)
    .map(({ n, d, amount }) => ({ price_r: { n, d }, price: priceText(n, d), amount: formatLedgerAmount(amount) }));
}
