import type { FastifyInstance } from 'fastify';
import type { TransactionRecord } from '../history';
import { type Json, link, templated, timestamp } from './fields';
import { headerFacts } from './history-records';
import { HAL, type HorizonSurface } from './surface';

/** What the surface's answers are modelled on. */
const HORIZON_VERSION = '28.0.0-sandbox';
const CORE_VERSION = 'sandbox 28.0.0';
/** fee_stats looks back this far. */
const FEE_LEDGERS = 5;
const MIN_FEE = 100n;

export function networkRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  scope.get('/', (_request, reply) => surface.sendState(reply, root(surface)));
  scope.get('/health', (_request, reply) =>
    reply.type('application/json; charset=utf-8').send({ database_connected: true, core_up: true, core_synced: true }),
  );
  let known = { ledger: 0, text: '' };
  scope.get('/fee_stats', (_request, reply) => {
    const { latest } = surface.window();
    const surge = surface.network.faults.standing('ledger_surge');
    if (surge !== undefined)
      return surface
        .stamped(reply)
        .type(HAL)
        .send(JSON.stringify(feeStats(surface, BigInt(surge.fee ?? 10_000))));
    if (known.ledger !== latest) known = { ledger: latest, text: JSON.stringify(feeStats(surface)) };
    return surface.sendState(reply, known.text);
  });
}

function root(surface: HorizonSurface): Json {
  const { history, faults, passphrase, engine } = surface.network;
  const { elder, latest } = surface.window();
  const seen = history.ledger(latest)?.header ?? engine.header;
  const { protocol } = headerFacts(seen.headerXdr);
  return {
    _links: rootLinks(surface.base),
    horizon_version: HORIZON_VERSION,
    core_version: CORE_VERSION,
    ingest_latest_ledger: latest,
    history_latest_ledger: latest,
    history_latest_ledger_closed_at: timestamp(seen.closeTime),
    history_elder_ledger: elder,
    core_latest_ledger: history.latest?.sequence ?? latest,
    network_passphrase: faults.standing('other_passphrase')?.passphrase ?? passphrase,
    current_protocol_version: protocol,
    supported_protocol_version: protocol,
    core_supported_protocol_version: protocol,
  };
}

/** The templates of trades are of the older kind, with every parameter spelled out. */
const PAIR = `?${['base', 'counter'].flatMap((side) => ['type', 'code', 'issuer'].map((part) => `${side}_asset_${part}={${side}_asset_${part}}`)).join('&')}`;

function rootLinks(base: string): Json {
  const page = 'cursor,limit,order';
  const lists = [
    'account_transactions:accounts/{account_id}/transactions',
    'effects:effects',
    'ledgers:ledgers',
    'transactions:transactions',
  ];
  const filtered: Record<string, string> = {
    accounts: 'accounts{?signer,sponsor,asset,liquidity_pool,cursor,limit,order}',
    claimable_balances: 'claimable_balances{?asset,sponsor,claimant,cursor,limit,order}',
    assets: 'assets{?asset_code,asset_issuer,cursor,limit,order}',
    liquidity_pools: 'liquidity_pools{?reserves,account,cursor,limit,order}',
    offers: 'offers{?selling,buying,seller,sponsor,cursor,limit,order}',
    operations: 'operations{?cursor,limit,order,include_failed}',
    payments: 'payments{?cursor,limit,order,include_failed}',
    order_book:
      'order_book{?selling_asset_type,selling_asset_code,selling_asset_issuer,buying_asset_type,buying_asset_code,buying_asset_issuer,limit}',
    strict_receive_paths:
      'paths/strict-receive{?source_assets,source_account,destination_account,destination_asset_type,destination_asset_issuer,destination_asset_code,destination_amount}',
    strict_send_paths:
      'paths/strict-send{?destination_account,destination_assets,source_asset_type,source_asset_issuer,source_asset_code,source_amount}',
    trade_aggregations: `trade_aggregations${PAIR}`,
    trades: `trades${PAIR}`,
    account: 'accounts/{account_id}',
    ledger: 'ledgers/{sequence}',
    offer: 'offers/{offer_id}',
    operation: 'operations/{id}',
    transaction: 'transactions/{hash}',
    friendbot: 'friendbot{?addr}',
  };
  for (const list of lists) {
    const [name = '', path = ''] = list.split(':');
    filtered[name] = `${path}{?${page}}`;
  }
  return {
    ...Object.fromEntries(Object.entries(filtered).map(([name, path]) => [name, templated(`${base}/${path}`)])),
    fee_stats: link(`${base}/fee_stats`),
    self: link(`${base}/`),
  };
}

function feeStats(surface: HorizonSurface, surge?: bigint): Json {
  const { network } = surface;
  const { history } = network;
  const { latest } = surface.window();
  const recent: TransactionRecord[] = surface.ofLedger(history.all.transactions, latest);
  const { capacity } = headerFacts((history.ledger(latest)?.header ?? network.engine.header).headerXdr);
  let operations = 0;
  for (let ledger = latest - FEE_LEDGERS + 1; ledger <= latest; ledger += 1) {
    if (ledger < latest) recent.push(...surface.ofLedger(history.all.transactions, ledger));
    operations += history.ledger(ledger)?.header.operationsInSet ?? 0;
  }
  const charged = recent.map(
    ({ transaction }) => transaction.feeCharged / BigInt(Math.max(transaction.operations.length, 1)),
  );
  const bids = recent.map(({ transaction }) => network.read(transaction.envelopeXdr).feePerOperation);
  const usage = surge === undefined ? Math.min(1, operations / FEE_LEDGERS / capacity) : 0.98;
  return {
    last_ledger: String(latest),
    last_ledger_base_fee: MIN_FEE.toString(),
    ledger_capacity_usage: String(Number(usage.toFixed(2))),
    fee_charged: distribution(surge === undefined ? charged : [surge]),
    max_fee: distribution(surge === undefined ? bids : [surge, surge * 2n]),
  };
}

function distribution(fees: readonly bigint[]): Json {
  const sorted = fees.length === 0 ? [MIN_FEE] : [...fees].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const at = (percent: number): string =>
    (sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? MIN_FEE).toString();
  const counts = new Map<bigint, number>();
  for (const fee of sorted) counts.set(fee, (counts.get(fee) ?? 0) + 1);
  const mode = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0].toString();
  const percentiles = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99];
  return {
    max: at(100),
    min: at(0),
    mode,
    ...Object.fromEntries(percentiles.map((percent) => [`p${percent}`, at(percent)])),
  };
}
