import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../common/errors';
import { FinishedAnswer } from '../http/finished-answer';
import { assertAccepted, assertContentType, JSON_API, negotiate } from './media-type';

export interface JsonApiOptions {
  /** Path below which JSON:API is spoken, without a slash at the end. */
  readonly prefix: string;
  /** Strict reading of the bytes; throws a DomainError. */
  readonly parseJson: (body: Buffer) => unknown;
}

/**
 * Parser, negotiation (before any body is read) and response headers for everything below the prefix, found or not.
 * Handlers return a `FinishedAnswer`. Must be called before routes are registered.
 */
export function registerJsonApi(fastify: FastifyInstance, options: JsonApiOptions): void {
  registerParser(fastify, options);
  fastify.addHook('onRequest', (request, _reply, done) => {
    try {
      if (isBelow(request, options.prefix)) checkHeaders(request);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  // Whether there is a body at all may show only when it arrives.
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    try {
      if (isBelow(request, options.prefix))
        assertContentType(request.headers['content-type'], announcesBody(request.headers));
      done(null, payload);
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('preSerialization', (_request, reply, payload, done) => {
    if (payload instanceof FinishedAnswer) apply(payload, reply);
    done(null, payload);
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (isBelow(request, options.prefix)) finishHeaders(reply);
    done(null, reply.statusCode === 204 || reply.statusCode === 304 ? null : payload);
  });
}

function registerParser(fastify: FastifyInstance, { prefix, parseJson }: JsonApiOptions): void {
  fastify.addContentTypeParser(JSON_API, { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer, done) => {
    try {
      if (!isBelow(request, prefix)) throw new DomainError('unsupported_media_type');
      // Clients name the media type on DELETE and on commands without a body too.
      done(null, body.length === 0 ? undefined : parseJson(body));
    } catch (error) {
      done(error as Error);
    }
  });
}

function checkHeaders(request: FastifyRequest): void {
  const { 'content-type': type, accept } = request.headers;
  assertContentType(type, false);
  const { produces } = request.routeOptions.config as { readonly produces?: string };
  if (produces === undefined) negotiate(accept);
  else assertAccepted(accept, produces);
}

function announcesBody({
  'content-length': length,
  'transfer-encoding': encoding,
}: FastifyRequest['headers']): boolean {
  return encoding !== undefined || (length !== undefined && !/^0+$/.test(length));
}

/** Bytes are sent as they are; Fastify's type of a serializer knows text only. */
function apply(answer: FinishedAnswer, reply: FastifyReply): void {
  const bytes = (): Buffer | string => answer.body ?? '';
  void reply
    .code(answer.status)
    .headers(answer.headers)
    .header('content-type', answer.contentType)
    .serializer(bytes as () => string);
}

/** Fastify adds a charset to whatever looks like JSON, which JSON:API forbids. */
function finishHeaders(reply: FastifyReply): void {
  const type = String(reply.getHeader('content-type') ?? '');
  if (type.startsWith(JSON_API)) void reply.header('content-type', type.replace(/;\s*charset=[^;]*/i, ''));
  const vary = String(reply.getHeader('vary') ?? '');
  if (!/(^|,)\s*(accept\s*(,|$)|\*)/i.test(vary)) void reply.header('vary', vary === '' ? 'Accept' : `${vary}, Accept`);
}

/** The route decides where there is one: `/api/%70ublic` reaches the same handler. */
function isBelow(request: FastifyRequest, prefix: string): boolean {
  const path = request.routeOptions?.url ?? (request.raw.url ?? '').split('?', 1)[0] ?? '';
  return path === prefix || path.startsWith(`${prefix}/`);
}
