import type { FastifyReply, FastifyRequest } from 'fastify';
import { knowsTag } from '../common/entity-tag';

/**
 * RFC 9110 section 13.1.2: sets the entity tag of a polled answer and, when the caller has it already, answers 304
 * without a body. `tag` must change whenever the answer does.
 */
export function conditional<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  tag: string,
  body: () => T,
): T | undefined {
  const etag = `"${tag}"`;
  void reply.header('etag', etag).header('cache-control', 'no-cache');
  if (!knowsTag(request.headers['if-none-match'], etag)) return body();
  void reply.status(304);
  return undefined;
}
