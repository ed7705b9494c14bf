import { RequestMethod, type Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { type Policy, POLICY } from '../../../auth/policy';
import { type FormUse, formOf } from '../../../http/form-body';
import { routeHandlers } from '../../../http/route-handlers';
import { IDEMPOTENCY } from '../../../idempotency/idempotency-policy';
import { MERCHANT_DIALECT } from '../merchant.dialect';

type Dto = new () => object;

/** A route of the merchant API as its controller declares it. */
export interface MerchantRoute {
  readonly method: string;
  /** Below the prefix, with `:id` as declared. */
  readonly path: string;
  readonly status: number;
  readonly policy: Policy | undefined;
  readonly isKeyed: boolean;
  readonly body: Dto | undefined;
  readonly query: Dto | undefined;
  /** Forms that it takes beside JSON. */
  readonly form: FormUse | undefined;
}

interface Argument {
  readonly index: number;
  readonly data?: unknown;
}

/** What Nest calls a parameter that is read from the query. */
const QUERY = '4:';

export function merchantRoutes(controllers: readonly Type[]): MerchantRoute[] {
  return controllers.flatMap((controller) =>
    routeHandlers(controller).flatMap(({ name, handler }) => {
      const read = <T>(key: string): T | undefined =>
        (Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller)) as T | undefined;
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod] as string;
      return [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat().map((own) => ({
        method,
        path: pathOf(String(Reflect.getMetadata(PATH_METADATA, controller)), own),
        status:
          (Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined) ?? (method === 'POST' ? 201 : 200),
        policy: read<Policy>(POLICY),
        isKeyed: ['POST', 'PATCH'].includes(method) && read(IDEMPOTENCY) !== undefined,
        form: formOf(handler),
        ...dtosOf(controller, name),
      }));
    }),
  );
}

function pathOf(base: string, own: string): string {
  const path = `/${base}/${own}`.replaceAll(/\/+/g, '/').replace(/\/$/, '');
  return path.slice(MERCHANT_DIALECT.prefix.length);
}

function dtosOf(controller: Type, name: string): Pick<MerchantRoute, 'body' | 'query'> {
  const given = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<string, Argument>;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) ?? []) as Dto[];
  const query = Object.entries(given).find(([key]) => key.startsWith(QUERY))?.[1];
  const body = Object.values(given).find(({ data }) => typeof data === 'function')?.data as Dto | undefined;
  return { body, query: query === undefined ? undefined : types[query.index] };
}
