import type { Readable } from 'node:stream';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Zero bytes are no body, whatever the headers say: clients name a type on commands and deletes that have none. They
 * lose that type here, before a parser is looked for. Must be registered before the hooks that judge a body's type.
 */
export function registerBodyPresence(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    if (leavesBody(request)) forgetBody(request);
    if (isChunked(request))
      return whenKnown(payload, (error, comes) => {
        if (!comes) forgetBody(request);
        done(error, payload);
      });
    if (!announcesBody(request)) forgetBody(request);
    return done(null, payload);
  });
}

/** The handler reads no body, whatever its type and length: what is sent is left where it is. Not together with another `RouteConfig` on one handler. */
export function LeavesBody(): MethodDecorator {
  return RouteConfig({ leavesBody: true }) as MethodDecorator;
}

function leavesBody({ is404, routeOptions }: FastifyRequest): boolean {
  return !is404 && (routeOptions.config as { leavesBody?: true }).leavesBody === true;
}

/** RFC 9112 section 6: a body is announced by its length or by chunks, of which there may be none. */
function announcesBody({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && !/^0+$/.test(length));
}

/** Only then it takes waiting to know; every other request goes on at once. */
function isChunked({ headers, method }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined && method !== 'GET' && method !== 'HEAD';
}

function forgetBody({ headers }: FastifyRequest): void {
  for (const name of ['content-type', 'content-length', 'transfer-encoding']) delete headers[name];
}

/** Waits for the first bytes or the end, and leaves the bytes where they were. */
function whenKnown(stream: Readable, known: (error: Error | null, comes: boolean) => void): void {
  const settle = (error: Error | null, comes: boolean): void => {
    stream.off('readable', onReadable).off('end', onEnd).off('error', onError).off('close', onEnd);
    // Not before the stream has noticed that nobody waits for `readable` any more: then it flows to the next reader.
    process.nextTick(known, error, comes);
  };
  const onReadable = (): void => {
    const chunk = stream.read() as Buffer | null;
    if (chunk === null) return;
    stream.unshift(chunk);
    settle(null, true);
  };
  const onEnd = (): void => settle(null, false);
  const onError = (error: Error): void => settle(error, false);
  stream.on('readable', onReadable).on('end', onEnd).on('error', onError).on('close', onEnd);
}
