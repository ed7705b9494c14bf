import { RequestMethod, type Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { PARTNER_PREFIX } from '../partner.dialect';
import { REFUSES } from '../refuses.decorator';
import type { ErrorCode } from '../../../common/errors';
import { type Policy, POLICY } from '../../../auth/policy';
import { routeHandlers } from '../../../http/route-handlers';
import { IDEMPOTENCY, type IdempotencyPolicy } from '../../../idempotency/idempotency-policy';

/** A route of the partner API as its controller declares it. */
export interface PartnerRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the prefix, with `:id` and `:name` as declared. */
  readonly path: string;
  readonly status: number;
  readonly policy: Policy | undefined;
  /** Undefined where a key has no effect: on reads, deletes, and routes that do not honour it. */
  readonly idempotency: IdempotencyPolicy | undefined;
  /** Conditions of its own that it refuses with. */
  readonly refuses: readonly ErrorCode[];
  /** Media type of an answer that is not JSON:API. */
  readonly produces: string | undefined;
}

/** Where the framework keeps what a route says of itself. */
const ROUTE_CONFIG = '__fastify_route_config__';

/** The routes of these controllers below the partner prefix, in their order. */
export function partnerRoutes(controllers: readonly Type[]): readonly PartnerRoute[] {
  return controllers.flatMap(routesOf);
}

function routesOf(controller: Type): readonly PartnerRoute[] {
  const base = `/${String(Reflect.getMetadata(PATH_METADATA, controller)).replace(/^\/|\/$/g, '')}`;
  if (!base.startsWith(`${PARTNER_PREFIX}/`)) return [];
  return routeHandlers(controller).map(({ handler }) => {
    const method = RequestMethod[
      Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod
    ] as PartnerRoute['method'];
    const own = String(Reflect.getMetadata(PATH_METADATA, handler)).replace(/^\/|\/$/g, '');
    const read = <T>(key: string): T | undefined =>
      (Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller)) as T | undefined;
    const changes = method === 'POST' || method === 'PATCH';
    return {
      method,
      path: `${base.slice(PARTNER_PREFIX.length)}${own === '' ? '' : `/${own}`}`,
      status:
        (Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined) ?? (method === 'POST' ? 201 : 200),
      policy: read<Policy>(POLICY),
      refuses: read<readonly ErrorCode[]>(REFUSES) ?? [],
      produces: read<{ readonly produces?: string }>(ROUTE_CONFIG)?.produces,
      idempotency: changes ? read<IdempotencyPolicy>(IDEMPOTENCY) : undefined,
    };
  });
}
