import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Telemetry } from '../common/telemetry';

/** DocumentRules of every answer by the template of its route, so that what is asked for cannot add to the labels; `one` prefix is told as one route. */
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
