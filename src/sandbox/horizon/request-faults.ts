import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type FaultOptions, REQUEST_FAULTS, type RequestFault } from '../faults';
import { problem } from './problems';
import type { HorizonSurface } from './surface';

const PAGE_429 =
  '<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n</body>\r\n</html>\r\n';
const PAGE_200 =
  '<!DOCTYPE html>\n<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>\n';

/** Lets armed faults answer instead of the routes. */
export function requestFaults(scope: FastifyInstance, surface: HorizonSurface): void {
  scope.addHook('onRequest', async (request, reply) => {
    const struck = surface.network.faults.takeOneOf(REQUEST_FAULTS, surface.pathOf(request));
    if (struck === undefined) return undefined;
    return misbehave(surface, struck.name, struck.options, request, reply);
  });
}

function misbehave(
  surface: HorizonSurface,
  name: RequestFault,
  options: FaultOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  switch (name) {
    case 'rate_limited_json':
      throw problem('rate_limit_exceeded', undefined, {
        'retry-after': String(options.retryAfterSeconds ?? 1),
        'x-ratelimit-remaining': '0',
      });
    case 'rate_limited_html':
      return reply
        .status(429)
        .header('retry-after', String(options.retryAfterSeconds ?? 1))
        .type('text/html')
        .send(PAGE_429);
    case 'html_200':
      return reply.status(200).type('text/html; charset=UTF-8').send(PAGE_200);
    case 'connection_reset':
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return reply;
    case 'hang':
    case 'stalled_body':
      return hang(surface, reply, name === 'stalled_body');
    default:
      throw problem(name);
  }
}

/** Holds the connection open, without a word or after half an answer, until the server closes. */
function hang(surface: HorizonSurface, reply: FastifyReply, started: boolean): FastifyReply {
  reply.hijack();
  if (started) {
    reply.raw.writeHead(200, { 'content-type': 'application/hal+json; charset=utf-8', 'content-length': '4096' });
    reply.raw.write('{"_links":{"self":{"href":"');
  }
  const end = (): void => {
    reply.raw.destroy();
  };
  surface.closing.signal.addEventListener('abort', end, { once: true });
  reply.raw.on('close', () => surface.closing.signal.removeEventListener('abort', end));
  return reply;
}
