import { RouteConfig } from '@nestjs/platform-fastify';

/** The media type of an answer that is not JSON:API: `Accept` may name it below the prefix. */
export function Produces(mediaType: string): MethodDecorator & ClassDecorator {
  return RouteConfig({ produces: mediaType });
}
