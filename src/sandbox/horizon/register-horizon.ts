import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NetworkNotLoaded, type SandboxNetwork } from '../sandbox-network';
import { accountRoutes, claimableBalanceRoutes } from './account-routes';
import { historyRoutes } from './history-routes';
import { marketRoutes } from './market-routes';
import { networkRoutes } from './network-routes';
import { pathRoutes } from './path-routes';
import { HorizonProblem, problem } from './problems';
import { requestFaults } from './request-faults';
import { limitStreams } from './stream-slots';
import { submitRoutes } from './submit-routes';
import { HorizonSurface, type SurfaceOptions } from './surface';

/** Horizon refuses bodies above 200 KB. */
const BODY_LIMIT = 200_000;
/** Sent, not enforced: the sandbox is not shared, but clients read these headers. */
const RATE_LIMIT = 3_600;

/**
 * Serves the network as Horizon does, below `prefix`, with its own parser and errors: nothing of the host
 * application's leaks in or out. `HEAD` and `OPTIONS` are the host's business.
 */
export async function registerHorizon(
  fastify: FastifyInstance,
  network: SandboxNetwork,
  options: SurfaceOptions,
): Promise<void> {
  const surface = new HorizonSurface(network, options);
  await fastify.register(
    (scope, _options, done) => {
      horizonRequests(scope);
      scope.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply));
      scope.setNotFoundHandler((_request, reply) => sendProblem(reply, problem('not_found')));
      scope.addHook('preClose', (ended) => {
        surface.closing.abort();
        ended();
      });
      if (options.streams !== undefined) limitStreams(scope, options.streams);
      requestFaults(scope, surface);
      networkRoutes(scope, surface);
      historyRoutes(scope, surface);
      submitRoutes(scope, surface);
      void scope.register((state, _none, registered) => {
        stateRoutes(state, surface);
        registered();
      });
      done();
    },
    { prefix: options.prefix },
  );
}

/** The engine's state is not shown before its ledger can be seen: a caller that finds a sequence used can then find the transaction that used it. */
function stateRoutes(scope: FastifyInstance, surface: HorizonSurface): void {
  scope.addHook('preHandler', async () => {
    if (!(await surface.network.settled())) throw problem('still_ingesting');
  });
  accountRoutes(scope, surface);
  claimableBalanceRoutes(scope, surface);
  marketRoutes(scope, surface);
  pathRoutes(scope, surface);
}

/** Forms are the only bodies; every answer carries the rate-limit headers. */
function horizonRequests(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    (_request, body, done) => {
      done(null, new URLSearchParams(String(body)));
    },
  );
  scope.addHook('onRequest', (_request, reply, done) => {
    void reply.headers({
      'access-control-allow-origin': '*',
      'access-control-expose-headers':
        'Latest-Ledger, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset',
      'cache-control': 'no-cache, no-store, max-age=0',
      'x-ratelimit-limit': String(RATE_LIMIT + 1),
      'x-ratelimit-remaining': String(RATE_LIMIT),
      'x-ratelimit-reset': '1',
    });
    done();
  });
}

function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof HorizonProblem) return sendProblem(reply, error);
  if (error instanceof NetworkNotLoaded) return sendProblem(reply, problem('still_ingesting'));
  if (error.statusCode === 415) return sendProblem(reply, problem('unsupported_media_type'));
  if (error.statusCode !== undefined && error.statusCode < 500) return sendProblem(reply, problem('bad_request'));
  request.log.error({ err: error }, 'the sandbox failed to answer');
  return sendProblem(reply, problem('server_error'));
}

function sendProblem(reply: FastifyReply, { body, headers }: HorizonProblem): FastifyReply {
  return reply
    .status(body.status)
    .headers(headers)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(body));
}
