import { DomainError, type ErrorCode, ERRORS } from '../common/errors';
import type { LimiterPolicy } from './limiter-policy';

/** The form of a dialect's errors. */
export interface ErrorEnvelope {
  readonly contentType: string;
  /** Beside those that every error has. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes where the content type must go out exactly as it is: Fastify adds a charset to text. Never says more than the catalogue. */
  render(error: DomainError, requestId: string): string | Buffer;
}

/** How keys of repeated requests (`Idempotency-Key`) are treated. */
export interface KeyRules {
  /** One key at two paths is two keys. */
  readonly byPath: boolean;
  /** A decision against the caller is kept under the key like any other answer; otherwise every refusal frees it. */
  readonly keepDecisions: boolean;
}

/** One way to speak to the service: everything in which it differs from the other ways. */
export interface Dialect {
  readonly name: string;
  /** Path below which it is spoken, without a slash at the end; empty for the one that answers everywhere else. */
  readonly prefix: string;
  readonly errors: ErrorEnvelope;
  /** Conditions that have another status here than in the catalogue. */
  readonly statuses: Readonly<Partial<Record<ErrorCode, number>>>;
  /** Conditions that are put into other words here than where they are thrown. */
  readonly texts: Readonly<Partial<Record<ErrorCode, string>>>;
  /** `WWW-Authenticate` of a 401. */
  readonly challenge: string;
  readonly limiter: LimiterPolicy;
  readonly keys: KeyRules;
  /** Its bodies are JSON:API documents, and its errors blame a header where one is at fault. */
  readonly documents: boolean;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** The dialect of an address. It decides the envelope of every error there, before and after a handler runs. */
export class Dialects {
  constructor(
    private readonly below: readonly Dialect[],
    private readonly elsewhere: Dialect,
  ) {}

  /** Of a raw request target, or of a route's path. */
  of(url: string): Dialect {
    const path = url.split('?', 1)[0] ?? '';
    return this.below.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`)) ?? this.elsewhere;
  }

  /** A condition in the envelope of the dialect that owns the address. */
  answer(url: string, thrown: DomainError, requestId: string): ErrorAnswer {
    const { errors, statuses, texts, challenge } = this.of(url);
    const error = restated(thrown, statuses, texts);
    // Refusals of the router itself pass no hook that would add the request id.
    const headers: Record<string, string> = { 'request-id': requestId, ...error.headers };
    if (error.retryAfterSeconds !== undefined)
      headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterSeconds)));
    if (error.status === 401) headers['www-authenticate'] = challenge;
    return {
      status: error.status,
      headers: { ...headers, ...errors.headers },
      contentType: errors.contentType,
      body: errors.render(error, requestId),
    };
  }
}

/** A status that was named where it was thrown stays. */
function restated(error: DomainError, statuses: Dialect['statuses'], texts: Dialect['texts']): DomainError {
  const { code, faults, headers, retryAfterSeconds, cause } = error;
  const status = error.status === ERRORS[code].status ? (statuses[code] ?? error.status) : error.status;
  const detail = texts[code] ?? error.message;
  if (status === error.status && detail === error.message) return error;
  return new DomainError(code, {
    status,
    detail,
    faults,
    headers,
    cause,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
