import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Telemetry } from '../common/telemetry';

/** Reports every answer by the template of its route, so that a caller cannot add labels; all below the prefix `one` count as one route. */
export function registerRequestTelemetry(fastify: FastifyInstance, telemetry: Telemetry, one: string): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    telemetry.requestAnswered(request.method, routeOf(request, one), reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}

function routeOf(request: FastifyRequest, one: string): string {
  if (request.is404) return 'unknown';
  const { url } = request.routeOptions;
  return url === undefined ? 'unknown' : url.startsWith(one) ? one : url;
}
