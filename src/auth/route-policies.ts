import { type INestApplicationContext, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { routeHandlers } from '../http/route-handlers';
import { type Policy, POLICY } from './policy';

export interface RoutePolicy {
  /** `Controller.handler` */
  readonly handler: string;
  readonly method: string;
  /** As declared on controller and handler, before any global prefix. */
  readonly path: string;
  /** Undefined: the route is closed, which is a defect. */
  readonly policy: Policy | undefined;
}

/** Every handler of the application with its policy, for the test that walks the router. */
export function listPolicies(app: INestApplicationContext): RoutePolicy[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].map((wrapper) => wrapper.metatype),
  );
  return controllers.flatMap((controller) =>
    typeof controller === 'function' ? policiesOf(controller as NewableFunction) : [],
  );
}

function policiesOf(controller: NewableFunction): RoutePolicy[] {
  return routeHandlers(controller).flatMap(({ name, handler }): RoutePolicy[] => {
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
    const policy = new Reflector().getAllAndOverride<Policy | undefined>(POLICY, [
      handler,
      controller as new () => unknown,
    ]);
    return pathsOf(controller).flatMap((base) =>
      pathsOf(handler).map((path) => ({
        handler: `${controller.name}.${name}`,
        method,
        path: joined(base, path),
        policy,
      })),
    );
  });
}

function pathsOf(target: object): string[] {
  const path = Reflect.getMetadata(PATH_METADATA, target) as string | string[];
  return typeof path === 'string' ? [path] : path;
}

function joined(...parts: string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
}
