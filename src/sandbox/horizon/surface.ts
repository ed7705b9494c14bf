import type { FastifyReply, FastifyRequest } from 'fastify';
import type {
  HistoryList,
  HistoryRecord,
  LedgerRecord,
  OperationRecord,
  TradeRecord,
  TransactionRecord,
  EffectRecord,
} from '../history';
import { firstAfter } from '../history';
import type { SandboxNetwork } from '../sandbox-network';
import { afterLedger } from '../toid';
import { HistoryRecords } from './history-records';
import { type PageQuery, pageOf, pageQuery, placeCursor, type Query, renderPage, type Window } from './paging';
import { problem } from './problems';
import { StateRecords } from './state-records';

export const HAL = 'application/hal+json; charset=utf-8';

export interface StreamLimit {
  /** Streams that one caller may have open. */
  readonly perCaller: number;
  /** What a stream counts for. */
  readonly callerOf: (request: FastifyRequest) => string;
}

export interface SurfaceOptions {
  /** Path of the surface without a final slash, as `/sandbox/horizon`. */
  readonly prefix: string;
  /** Origin under which clients reach it, without a final slash; it goes into every link. */
  readonly baseUrl: string;
  /** Absent where there is no limit. */
  readonly streams?: StreamLimit;
}

/** One kind of history list: its order and its text. */
export interface ListKind<Kept extends HistoryRecord> {
  readonly paired: boolean;
  text(records: HistoryRecords, record: Kept, join: boolean): string;
}

export const LEDGERS: ListKind<LedgerRecord> = { paired: false, text: (records, record) => records.ledger(record) };
export const TRANSACTIONS: ListKind<TransactionRecord> = {
  paired: false,
  text: (records, record) => records.transaction(record),
};
export const OPERATIONS: ListKind<OperationRecord> = {
  paired: false,
  text: (records, record, join) => records.operation(record, join),
};
export const EFFECTS: ListKind<EffectRecord> = { paired: true, text: (records, record) => records.effect(record) };
export const TRADES: ListKind<TradeRecord> = { paired: true, text: (records, record) => records.trade(record) };

/** What the routes share: the network, its records as text, and which part of history may be seen. */
export class HorizonSurface {
  readonly base: string;
  readonly records: HistoryRecords;
  readonly state: StateRecords;
  /** Aborted when the server closes: streams and hanging answers must not hold it open. */
  readonly closing = new AbortController();

  constructor(
    readonly network: SandboxNetwork,
    readonly options: SurfaceOptions,
  ) {
    this.base = options.baseUrl + options.prefix;
    this.records = new HistoryRecords(this.base, network.passphrase);
    this.state = new StateRecords(
      this.base,
      network.passphrase,
      (ledger) => network.history.ledger(ledger)?.header.closeTime,
    );
  }

  /** Ledgers this surface admits to: ingestion lag and a moved elder ledger narrow it. */
  window(): Window {
    const { history, faults } = this.network;
    const elder = Math.max(history.elder, faults.standing('elder_ledger')?.ledger ?? 0);
    const latest = (history.latest?.sequence ?? 0) - (faults.standing('ingestion_lag')?.ledgers ?? 0);
    return { elder, latest: Math.max(latest, elder) };
  }

  visible(record: HistoryRecord | undefined): boolean {
    const { elder, latest } = this.window();
    return record !== undefined && record.ledger >= elder && record.ledger <= latest;
  }

  pageQuery(request: FastifyRequest): PageQuery {
    const lastEventId = request.headers['last-event-id'];
    return pageQuery(queryOf(request), this.window().latest, typeof lastEventId === 'string' ? lastEventId : undefined);
  }

  /** Texts and tokens of one page. */
  history<Kept extends HistoryRecord>(
    kind: ListKind<Kept>,
    records: readonly Kept[],
    page: PageQuery,
    options: { failed?: boolean; join?: boolean; keep?: (record: Kept) => boolean },
  ): { texts: string[]; tokens: string[] } {
    const keep = (record: Kept): boolean =>
      (options.failed === true || record.successful) && (options.keep?.(record) ?? true);
    const found = pageOf(records, page, this.window(), { paired: kind.paired, keep });
    return {
      texts: found.map((record) => kind.text(this.records, record, options.join === true)),
      tokens: found.map(({ token }) => token),
    };
  }

  place(page: PageQuery): PageQuery {
    return placeCursor(page, this.window());
  }

  /** What lies in one ledger of an ascending list. */
  ofLedger<Kept extends HistoryRecord>(records: readonly Kept[], ledger: number): Kept[] {
    const last = Number.MAX_SAFE_INTEGER;
    return records.slice(
      firstAfter(records, afterLedger(ledger - 1), last),
      firstAfter(records, afterLedger(ledger), last),
    );
  }

  /** Lists of an account, 404 when nothing visible ever touched it. */
  accountList<Name extends HistoryList>(
    address: string,
    name: Name,
  ): NonNullable<ReturnType<SandboxNetwork['history']['account']>>[Name] {
    const lists = this.network.history.account(address);
    const first = lists?.operations[0] ?? lists?.transactions[0] ?? lists?.effects[0];
    if (lists === undefined || first === undefined || first.ledger > this.window().latest) throw problem('not_found');
    return lists[name];
  }

  sendPage(
    request: FastifyRequest,
    reply: FastifyReply,
    page: PageQuery,
    texts: readonly string[],
    tokens: readonly string[],
  ): FastifyReply {
    return reply.type(HAL).send(renderPage(this.urlOf(request), queryOf(request), page, texts, tokens));
  }

  /** State answers carry the ledger they are true for. */
  sendState(reply: FastifyReply, body: unknown): FastifyReply {
    return this.stamped(reply)
      .type(HAL)
      .send(typeof body === 'string' ? body : JSON.stringify(body));
  }

  stamped(reply: FastifyReply): FastifyReply {
    return reply.header('Latest-Ledger', String(this.window().latest));
  }

  /** Path below the prefix with its query, as faults are matched. */
  pathOf(request: FastifyRequest): string {
    return request.url.slice(this.options.prefix.length);
  }

  private urlOf(request: FastifyRequest): string {
    return this.options.baseUrl + (request.url.split('?', 1)[0] ?? '');
  }
}

/** Query parameters, the first of each name. */
export function queryOf(request: FastifyRequest): Query {
  const raw = request.query as Readonly<Record<string, string | string[] | undefined>>;
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, Array.isArray(value) ? value[0] : value]));
}

/** A path parameter of the matched route. */
export function pathParam(request: FastifyRequest, name: string): string {
  return (request.params as Readonly<Record<string, string>>)[name] ?? '';
}

export function wantsStream(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('text/event-stream');
}
