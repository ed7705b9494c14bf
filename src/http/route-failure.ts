import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/** The sentence a route answers with when the fault is ours (500). */
export function FailsWith(message: string): MethodDecorator {
  return RouteConfig({ failure: message }) as MethodDecorator;
}

export function routeFailure(request: FastifyRequest): string | undefined {
  const config = request.routeOptions?.config as { failure?: unknown } | undefined;
  return typeof config?.failure === 'string' ? config.failure : undefined;
}
