import { DomainError, type ErrorCode, ERRORS } from '../common/errors';

/** The form of a dialect's errors. */
export interface ErrorEnvelope {
  readonly contentType: string;
  /** Beside those that every error has. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes where the content type must go out exactly as it is: Fastify adds a charset to text. Never says more than the catalogue. */
  render(error: DomainError, requestId: string): string | Buffer;
}

/** One way to speak to the service: everything in which it differs from the other ways. */
export interface Dialect {
  readonly name: string;
  /** Path below which it is spoken, without a slash at the end; empty for the one that answers everywhere else. */
  readonly prefix: string;
  readonly errors: ErrorEnvelope;
  /** Conditions that have another status here than in the catalogue. */
  readonly statuses: Readonly<Partial<Record<ErrorCode, number>>>;
  /** What counts against a credential's limit: every request, reported in structured fields, or writing requests, reported in plain ones. */
  readonly limiter: 'every_request' | 'writing_requests';
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
    const { errors, statuses } = this.of(url);
    const error = restated(thrown, statuses);
    // Refusals of the router itself pass no hook that would add the request id.
    const headers: Record<string, string> = { 'request-id': requestId, ...error.headers };
    if (error.retryAfterSeconds !== undefined)
      headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterSeconds)));
    if (error.status === 401) headers['www-authenticate'] = 'Bearer';
    return {
      status: error.status,
      headers: { ...headers, ...errors.headers },
      contentType: errors.contentType,
      body: errors.render(error, requestId),
    };
  }
}

/** A status that was named where it was thrown stays. */
function restated(error: DomainError, statuses: Dialect['statuses']): DomainError {
  const { code, status, message: detail, faults, headers, retryAfterSeconds, cause } = error;
  const own = statuses[code];
  if (own === undefined || status !== ERRORS[code].status) return error;
  return new DomainError(code, {
    status: own,
    detail,
    faults,
    headers,
    cause,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
