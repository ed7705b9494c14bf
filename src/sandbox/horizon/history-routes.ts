import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HistoryRecord, LedgerRecord, TransactionRecord } from '../history';
import { streamEvents } from './event-stream';
import { accountParam, booleanParam, hashParam, idParam, joinParam, ledgerParam } from './params';
import type { PageQuery } from './paging';
import { problem } from './problems';
import {
  EFFECTS,
  HAL,
  type HorizonSurface,
  LEDGERS,
  type ListKind,
  OPERATIONS,
  pathParam,
  queryOf,
  TRANSACTIONS,
  wantsStream,
} from './surface';

/** Which records a request is about; called again for every look of a stream. */
export type ListSource<Kept extends HistoryRecord> = (request: FastifyRequest) => readonly Kept[];

/** A list of history, as a page or as a stream. */
export function listRoute<Kept extends HistoryRecord>(
  scope: FastifyInstance,
  surface: HorizonSurface,
  path: string,
  kind: ListKind<Kept>,
  source: ListSource<Kept>,
  options: {
    readonly alwaysFailed?: boolean;
    readonly keep?: (request: FastifyRequest) => (record: Kept) => boolean;
  } = {},
): void {
  scope.get(path, (request, reply) => {
    const query = queryOf(request);
    const failed = options.alwaysFailed === true || booleanParam(query, 'include_failed');
    const filter = {
      failed,
      join: joinParam(query),
      ...(options.keep === undefined ? {} : { keep: options.keep(request) }),
    };
    const page = surface.place(surface.pageQuery(request));
    const look = (at: PageQuery): { texts: string[]; tokens: string[] } =>
      surface.history(kind, source(request), at, filter);
    if (wantsStream(request)) return streamList(surface, reply, surface.pathOf(request), page, look);
    const { texts, tokens } = look(page);
    return surface.sendPage(request, reply, page, texts, tokens);
  });
}

function streamList(
  surface: HorizonSurface,
  reply: FastifyReply,
  path: string,
  page: PageQuery,
  look: (at: PageQuery) => { texts: string[]; tokens: string[] },
): Promise<FastifyReply> {
  let cursor = page.cursor;
  return streamEvents(surface, reply, path, page.limit, (room) => {
    const { texts, tokens } = look({ ...page, cursor, limit: room });
    cursor = tokens.at(-1) ?? cursor;
    return texts.map((data, at) => ({ id: tokens[at] ?? '', data }));
  });
}

export function historyRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  const { network } = surface;
  listRoute(scope, surface, '/ledgers', LEDGERS, () => network.history.ledgers);
  listRoute(scope, surface, '/transactions', TRANSACTIONS, () => network.history.all.transactions);
  listRoute(scope, surface, '/operations', OPERATIONS, () => network.history.all.operations);
  listRoute(scope, surface, '/payments', OPERATIONS, () => network.history.all.payments);
  listRoute(scope, surface, '/effects', EFFECTS, () => network.history.all.effects);
  accountHistory(scope, surface);
  ledgerHistory(scope, surface);
  transactionHistory(scope, surface);
  operationHistory(scope, surface);
}

function accountHistory(scope: FastifyInstance, surface: HorizonSurface): void {
  const address = (request: FastifyRequest): string => accountParam(pathParam(request, 'account_id'));
  listRoute(scope, surface, '/accounts/:account_id/transactions', TRANSACTIONS, (request) =>
    surface.accountList(address(request), 'transactions'),
  );
  listRoute(scope, surface, '/accounts/:account_id/operations', OPERATIONS, (request) =>
    surface.accountList(address(request), 'operations'),
  );
  listRoute(scope, surface, '/accounts/:account_id/payments', OPERATIONS, (request) =>
    surface.accountList(address(request), 'payments'),
  );
  listRoute(scope, surface, '/accounts/:account_id/effects', EFFECTS, (request) =>
    surface.accountList(address(request), 'effects'),
  );
}

function ledgerHistory(scope: FastifyInstance, surface: HorizonSurface): void {
  const { network } = surface;
  const ledger = (request: FastifyRequest): LedgerRecord => {
    const sequence = ledgerParam(pathParam(request, 'ledger_id'));
    if (sequence < surface.window().elder) throw problem('before_history');
    const record = network.history.ledger(sequence);
    if (record === undefined || !surface.visible(record)) throw problem('not_found');
    return record;
  };
  scope.get('/ledgers/:ledger_id', (request, reply) => reply.type(HAL).send(surface.records.ledger(ledger(request))));
  listRoute(scope, surface, '/ledgers/:ledger_id/transactions', TRANSACTIONS, (request) =>
    surface.ofLedger(network.history.all.transactions, ledger(request).ledger),
  );
  listRoute(scope, surface, '/ledgers/:ledger_id/operations', OPERATIONS, (request) =>
    surface.ofLedger(network.history.all.operations, ledger(request).ledger),
  );
  listRoute(scope, surface, '/ledgers/:ledger_id/payments', OPERATIONS, (request) =>
    surface.ofLedger(network.history.all.payments, ledger(request).ledger),
  );
  listRoute(scope, surface, '/ledgers/:ledger_id/effects', EFFECTS, (request) =>
    surface.ofLedger(network.history.all.effects, ledger(request).ledger),
  );
}

function transactionHistory(scope: FastifyInstance, surface: HorizonSurface): void {
  const { network } = surface;
  const find = (request: FastifyRequest): { hash: string; record: TransactionRecord } => {
    const hash = hashParam(pathParam(request, 'tx_id'));
    const record = network.history.transaction(hash);
    const hidden = record !== undefined && network.faults.take('hash_not_found', surface.pathOf(request)) !== undefined;
    if (record === undefined || hidden || !surface.visible(record)) throw problem('not_found');
    return { hash, record };
  };
  scope.get('/transactions/:tx_id', (request, reply) => {
    const { hash, record } = find(request);
    return reply.type(HAL).send(surface.records.transaction(record, hash));
  });
  const always = { alwaysFailed: true };
  listRoute(
    scope,
    surface,
    '/transactions/:tx_id/operations',
    OPERATIONS,
    (request) => find(request).record.operations,
    always,
  );
  listRoute(
    scope,
    surface,
    '/transactions/:tx_id/payments',
    OPERATIONS,
    (request) => paymentsOf(surface, find(request).record),
    always,
  );
  listRoute(scope, surface, '/transactions/:tx_id/effects', EFFECTS, (request) =>
    find(request).record.operations.flatMap(({ effects }) => effects),
  );
}

function paymentsOf(surface: HorizonSurface, record: TransactionRecord): TransactionRecord['operations'] {
  return surface
    .ofLedger(surface.network.history.all.payments, record.ledger)
    .filter(({ parent }) => parent === record);
}

function operationHistory(scope: FastifyInstance, surface: HorizonSurface): void {
  const { network } = surface;
  const find = (request: FastifyRequest): NonNullable<ReturnType<typeof network.history.operation>> => {
    const record = network.history.operation(idParam(pathParam(request, 'id'), 'id'));
    if (record === undefined || !surface.visible(record)) throw problem('not_found');
    return record;
  };
  scope.get('/operations/:id', (request, reply) =>
    reply.type(HAL).send(surface.records.operation(find(request), joinParam(queryOf(request)))),
  );
  listRoute(scope, surface, '/operations/:id/effects', EFFECTS, (request) => find(request).effects);
}
