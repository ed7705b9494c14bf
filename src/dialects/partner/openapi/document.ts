import { RESOURCES } from '../partner.resources';
import { PARTNER_CONTROLLERS } from '../partner.controllers';
import { PARTNER_PREFIX } from '../partner.dialect';
import type { Resource } from '../../../jsonapi/resource';
import { Resources } from '../../../jsonapi/resources';
import { RESPONSE_HEADERS, SECURITY_SCHEMES } from './components';
import { SHARED_RESPONSES } from './error-responses';
import type { JsonSchema } from '../../../http/json-schema';
import type { Noun } from './nouns';
import { type Operation, operationOf } from './operation';
import { pascal, plansOf } from './operation-plan';
import { CATALOG } from './operations/catalog';
import { MARKET } from './operations/market';
import { MERCHANT } from './operations/merchant';
import { MONEY } from './operations/money';
import { RECURRING } from './operations/recurring';
import { RECORDS } from './operations/records';
import { EXPORTS } from './operations/exports';
import { SELF } from './operations/self';
import { type Parameter, SHARED_PARAMETERS } from './parameters';
import { partnerRoutes, type PartnerRoute } from './partner-routes';
import { COMMON_SCHEMAS, resourceSchema } from './resource-schemas';

/** An OpenAPI 3.1 document, as far as this one goes. */
export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly securitySchemes: object;
    readonly headers: object;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: object;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}

const NOUNS: readonly Noun[] = [...MONEY, ...RECURRING, ...CATALOG, ...MARKET, ...MERCHANT, ...RECORDS];

/** The document of the partner API, from what its controllers, resources and dtos declare; the same in every deployment. */
export function openApiDocument(): OpenApi {
  const resources = new Resources(RESOURCES);
  const nameOf = (type: string): string => pascal(nounOf(type).singular);
  const paths: Record<string, Record<string, Operation>> = {};
  const routes = partnerRoutes(PARTNER_CONTROLLERS);
  for (const noun of NOUNS) {
    const resource = resources.of(noun.type);
    for (const one of routesOf(routes, resource).flatMap((route) => plansOf(route, noun, resource))) {
      const told = one.notes.answers;
      const plan =
        told === undefined ? one : { ...one, resource: resources.of(told), noun: nounOf(told), tagged: false };
      (paths[plan.path] ??= {})[plan.route.method.toLowerCase()] = operationOf(plan, resources, nameOf);
    }
  }
  return {
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: PARTNER_PREFIX }],
    tags: [
      ...NOUNS.map(({ plural, about }) => ({ name: plural, description: about })),
      { name: 'exports', description: 'Tables for other programs.' },
      { name: 'description', description: 'This document.' },
    ],
    paths: { ...paths, ...EXPORTS, ...SELF },
    components: {
      securitySchemes: SECURITY_SCHEMES,
      headers: RESPONSE_HEADERS,
      parameters: SHARED_PARAMETERS,
      responses: SHARED_RESPONSES,
      schemas: {
        ...COMMON_SCHEMAS,
        ...Object.fromEntries(NOUNS.map(({ type }) => [nameOf(type), resourceSchema(resources.of(type))])),
      },
    },
  };
}

/** As it is written to disk and served. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}

const INFO = {
  title: 'Lumentill partner API',
  version: '1.0.0',
  contact: { name: 'Whoever runs this deployment' },
  license: { name: 'MIT', identifier: 'MIT' },
  description:
    'JSON:API 1.1 over one till for Stellar. Amounts are decimal strings, instants are RFC 3339 in UTC with milliseconds. What is not found and what is not yours are the same 404. 120 requests a minute per credential.',
};

function routesOf(routes: readonly PartnerRoute[], { path }: Resource): readonly PartnerRoute[] {
  return routes
    .filter((route) => route.path === `/${path}` || route.path.startsWith(`/${path}/`))
    .toSorted((a, b) => a.path.length - b.path.length);
}

function nounOf(type: string): Noun {
  const found = NOUNS.find((noun) => noun.type === type);
  if (found === undefined) throw new Error(`nobody has described ${type}`);
  return found;
}
