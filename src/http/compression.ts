import zlib from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptedEncoding, type Encoding } from './accept-encoding';

/** Below this the headers and the processor cost more than the bytes. */
const MIN_BYTES = 1024;
const COMPRESSIBLE =
  /^(text\/(html|plain|css|javascript)|image\/svg\+xml|application\/(json|javascript|vnd\.api\+json))(;|$)/i;

type Encoded = (error: Error | null, encoded: Buffer) => void;

const ENCODERS: Readonly<Record<Encoding, (body: Buffer, done: Encoded) => void>> = {
  // Quality 4 takes about as long as gzip and is smaller; the default, 11, takes fifty times as long.
  br: (body, done) =>
    zlib.brotliCompress(
      body,
      { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: body.length } },
      done,
    ),
  gzip: (body, done) => zlib.gzip(body, { level: 6 }, done),
};

/**
 * Compresses answers to GET, and so to HEAD, on the threads of zlib. Answers to anything else are left alone: only they
 * carry secrets (keys, sessions, secrets of webhooks), which must not be compressed beside what their reader sent
 * (BREACH). So are pages made for a query, which shows on them beside the token of their form.
 */
export function registerCompression(fastify: FastifyInstance, exempt: (url: string) => boolean): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const body = compressible(request, reply, payload, exempt);
    if (body === undefined) return done(null, payload);
    addVary(reply);
    const encoding = acceptedEncoding(request.headers['accept-encoding']);
    if (encoding === undefined) return done(null, payload);
    return ENCODERS[encoding](body, (error, encoded) =>
      error === null ? done(null, labelled(reply, encoding, encoded)) : done(error),
    );
  });
}

function compressible(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  exempt: (url: string) => boolean,
): Buffer | undefined {
  if ((typeof payload !== 'string' && !Buffer.isBuffer(payload)) || payload.length < MIN_BYTES) return undefined;
  if ((request.method !== 'GET' && request.method !== 'HEAD') || reply.statusCode !== 200) return undefined;
  const url = request.raw.url ?? '';
  const type = String(reply.getHeader('content-type') ?? '');
  if (!COMPRESSIBLE.test(type) || reply.hasHeader('content-encoding') || exempt(url)) return undefined;
  if (type.startsWith('text/html') && url.includes('?')) return undefined;
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

/** RFC 9110 section 8.8.1: a strong tag names these bytes and no others, so the compressed answer carries the weak one. */
function labelled(reply: FastifyReply, encoding: Encoding, encoded: Buffer): Buffer {
  const tag = reply.getHeader('etag');
  if (typeof tag === 'string' && !tag.startsWith('W/')) void reply.header('etag', `W/${tag}`);
  void reply.removeHeader('content-length');
  void reply.header('content-encoding', encoding);
  return encoded;
}

function addVary(reply: FastifyReply): void {
  const names = [reply.getHeader('vary') ?? []]
    .flat()
    .flatMap((each) => String(each).split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (!names.some((name) => name === '*' || name.toLowerCase() === 'accept-encoding'))
    void reply.header('vary', [...names, 'Accept-Encoding'].join(', '));
}
