import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorCode, ERRORS } from '../common/errors';
import type { AllowTable } from './allow-table';
import type { Dialects } from './dialect';
import { typeRefused } from './form-body';
import { routeFailure } from './route-failure';

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'malformed_request',
  401: 'authentication_required',
  403: 'forbidden',
  404: 'route_not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'database_busy',
};

/** Whatever was thrown, as a condition of the public catalogue; anything unknown is ours to mend, so 500. */
export function asDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof URIError || isBadUrl(error)) return new DomainError('malformed_url', { cause: error });
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  const code = status === undefined ? undefined : BY_STATUS[status];
  return code === undefined
    ? new DomainError('internal_error', { cause: error })
    : new DomainError(code, { cause: error });
}

/** Fastify does not say which types of body the route takes. */
function said(error: DomainError, request: FastifyRequest): DomainError {
  const isPlain = error.code === 'unsupported_media_type' && error.message === ERRORS.unsupported_media_type.title;
  return isPlain && request.routeOptions?.config !== undefined ? typeRefused(request, error.cause) : error;
}

function isBadUrl(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FST_ERR_BAD_URL';
}

/** Fastify marks its own refusals (FST_ERR_*) with the status to answer. */
function statusOf(error: unknown): number | undefined {
  // The client went away in the middle of its body; nobody will read the answer.
  if (error instanceof Error && error.message === 'aborted' && 'code' in error && error.code === 'ECONNRESET')
    return 400;
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && error.code.startsWith('FST_') && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

/** The one place where errors become answers, for handlers, parsers and unknown routes alike. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Error');

  constructor(
    private readonly dialects: Dialects,
    private readonly allow: AllowTable,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendError(
      thrown,
      http.getRequest<FastifyRequest>(),
      http.getResponse<FastifyReply>(),
      this.dialects,
      this.logger,
      this.allow,
    );
  }
}

export function sendError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  dialects: Dialects,
  logger: Logger,
  allow: AllowTable | undefined,
): void {
  const url = request.raw.url ?? '/';
  const found = said(asDomainError(thrown), request);
  // Nest's own 404 means that no handler was found; one that a handler throws means what it says.
  const error =
    thrown instanceof HttpException && found.code === 'route_not_found' && allow !== undefined
      ? allow.refusal(url)
      : found;
  if (error.level === 'error')
    logger.error({ msg: error.code, requestId: request.id, error: describe(error.cause ?? error) });
  else if (error.level === 'warn')
    logger.warn({ msg: error.code, requestId: request.id, error: describe(error.cause ?? error) });
  const failure = error.code === 'internal_error' ? routeFailure(request) : undefined;
  const answer = dialects.answer(
    url,
    failure === undefined ? error : new DomainError('internal_error', { detail: failure }),
    String(request.id),
  );
  // Bytes, because Fastify adds a charset to text, which JSON:API forbids.
  void reply
    .status(answer.status)
    .headers(answer.headers)
    .header('content-type', answer.contentType)
    .send(Buffer.from(answer.body));
}

function describe(error: unknown): unknown {
  return error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : String(error);
}
