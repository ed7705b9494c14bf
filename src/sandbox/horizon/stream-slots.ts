import type { FastifyInstance } from 'fastify';
import { problem } from './problems';
import { type StreamLimit, wantsStream } from './surface';

/** A stream holds its socket for a minute and looks at every ledger: one caller has only so many of them. */
export function limitStreams(scope: FastifyInstance, { perCaller, callerOf }: StreamLimit): void {
  const open = new Map<string, number>();
  scope.addHook('onRequest', (request, reply, done) => {
    if (!wantsStream(request)) return done();
    const caller = callerOf(request);
    const others = open.get(caller) ?? 0;
    if (others >= perCaller)
      return done(problem('rate_limit_exceeded', undefined, { 'retry-after': '1', 'x-ratelimit-remaining': '0' }));
    open.set(caller, others + 1);
    reply.raw.once('close', () => {
      const rest = (open.get(caller) ?? 1) - 1;
      if (rest === 0) open.delete(caller);
      else open.set(caller, rest);
    });
    return done();
  });
}
