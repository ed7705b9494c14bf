import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../common/errors';

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

/** A request id from outside is kept only in this alphabet, so that no log line can be forged with it. */
export const REQUEST_ID_PATTERN = /^[A-Za-z0-9._-]{1,128}$/;

/** Hooks that hold for every route, found or not. `exempt` addresses (the sandbox's Horizon) speak for themselves. */
export function registerHygiene(fastify: FastifyInstance, exempt: (url: string) => boolean): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    void reply.header('request-id', request.id);
    if (!hasOneHost(request.raw.rawHeaders))
      return done(
        new DomainError('malformed_request', {
          detail: 'The request must have one Host header, with a host and perhaps a port',
          headers: { connection: 'close' },
        }),
      );
    if (exempt(request.raw.url ?? '')) return done();
    void reply.headers(SECURITY_HEADERS);
    const encoding = request.headers['content-encoding'];
    return done(
      encoding === undefined || encoding === 'identity' ? undefined : new DomainError('content_encoding_refused'),
    );
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!reply.hasHeader('cache-control') && !exempt(request.raw.url ?? ''))
      void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
}

/** uri-host and port (RFC 3986 section 3.2.2); empty where the target has no authority. */
const HOST = /^(\[[0-9a-f:.%]+\]|[\w\-.~!$&'()*+,;=%]*)(:\d{0,5})?$/i;

/** RFC 9112 section 3.2: with two Host lines, or an invalid one, a proxy may believe another host than we do. */
function hasOneHost(rawHeaders: readonly string[]): boolean {
  let host: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue;
    if (host !== undefined) return false;
    host = rawHeaders[at + 1] ?? '';
  }
  return host === undefined || HOST.test(host);
}

/** For answers given before any hook could run: an address that is not a URL. */
export function markUnrouted(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({ 'request-id': request.id, 'cache-control': 'no-store', ...SECURITY_HEADERS });
}
