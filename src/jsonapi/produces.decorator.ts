import { RouteConfig } from '@nestjs/platform-fastify';

/** The media type of an answer that is no JSON:API document: what `Accept` may name below the prefix instead. */
export function Produces(mediaType: string): MethodDecorator & ClassDecorator {
  return RouteConfig({ produces: mediaType });
}
