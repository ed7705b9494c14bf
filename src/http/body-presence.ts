import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Zero bytes are no body, whatever the headers say: clients name a type on commands and deletes that have none. They
 * lose that type here, before a parser is looked for. Must be registered before the hooks that judge a body's type.
 */
export function registerBodyPresence(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    if (isChunked(request)) {
      hasBytes(payload).then((comes) => {
        if (!comes) forgetBody(request);
        done(null, payload);
      }, done);
      return;
    }
    if (!announcesBody(request)) forgetBody(request);
    done(null, payload);
  });
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
function hasBytes(stream: Readable): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      stream.off('readable', onReadable).off('end', onEnd).off('error', onError).off('close', onEnd);
      act();
    };
    const onReadable = (): void => {
      const chunk = stream.read() as Buffer | null;
      if (chunk === null) return;
      settle(() => {
        stream.unshift(chunk);
        resolve(true);
      });
    };
    const onEnd = (): void => settle(() => resolve(false));
    const onError = (error: Error): void => settle(() => reject(error));
    stream.on('readable', onReadable).on('end', onEnd).on('error', onError).on('close', onEnd);
  });
}
