import type { Filters, FilterValues } from './filters';
import type { KeysetPage } from './page';
import type { DocumentParameters } from './query';
import type { Reading } from './read-scopes';
import type { JsonValue } from './resource';

/** The part of a request that matters here; a FastifyRequest is one. */
export interface IncomingRequest extends Reading {
  readonly method: string;
  /** Raw target: path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
}

/** A request's wishes for its answer, checked. */
export interface DocumentQuery extends DocumentParameters {
  readonly request: IncomingRequest;
}

export interface ListQuery<F extends Filters, S extends string> extends DocumentQuery {
  readonly filter: FilterValues<F>;
  readonly page: KeysetPage<S>;
}

export interface AnswerOptions {
  readonly status?: number;
  readonly meta?: Readonly<Record<string, JsonValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Row version: gives the answer an ETag, and 304 to a client that has this version. Ignored with `include`. */
  readonly version?: bigint | number | string;
}
