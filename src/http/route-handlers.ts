import { METHOD_METADATA } from '@nestjs/common/constants';
import { MetadataScanner } from '@nestjs/core';

export interface RouteHandler {
  readonly name: string;
  readonly handler: () => void;
}

/** The methods of a controller that answer requests, inherited ones too: those that the router finds. */
export function routeHandlers(controller: NewableFunction): RouteHandler[] {
  const prototype = controller.prototype as Record<string, () => void>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    return handler !== undefined && Reflect.hasMetadata(METHOD_METADATA, handler) ? [{ name, handler }] : [];
  });
}
