import { dtoSchema, type Meanings } from '../../../http/dto-schema';
import { type JsonSchema, list, ref, text, url, whole } from '../../../http/json-schema';
import { MERCHANT_CONTROLLERS } from '../merchant.controllers';
import { MERCHANT_DIALECT } from '../merchant.dialect';
import { NOT_OFFERED } from '../not-offered/not-offered';
import { CALLS, type Described, SAYS_WHAT_IS_MISSING, TAGS } from './calls';
import { type MerchantRoute, merchantRoutes } from './merchant-routes';
import { SHAPES } from './shapes';

export interface MerchantOperation extends Readonly<Record<string, unknown>> {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, unknown>>;
}

export interface MerchantDocument {
  readonly openapi: '3.1.0';
  readonly paths: Readonly<Record<string, Readonly<Record<string, MerchantOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> } & Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

const JSON_TYPE = 'application/json';
/** A number, or its decimal text. */
const NUMBER: JsonSchema = { type: ['number', 'string'], description: 'A number, or its decimal text.' };
const OWN_MEANINGS: Meanings = {
  isDecimal: () => NUMBER,
  isPercentageNumber: () => NUMBER,
  notOffered: ([harmless]) => {
    const [value] = harmless as readonly boolean[];
    return value === undefined ? { description: 'Is not offered.' } : { type: 'boolean', const: value };
  },
  isIn: ([values]) =>
    (values as readonly unknown[]).every((value) => typeof value === 'string')
      ? { type: 'string', enum: values as string[] }
      : { type: 'boolean', const: (values as readonly boolean[])[0] as boolean },
};

const PHRASES: Readonly<Record<number, string>> = {
  400: 'What was sent cannot be read, or means nothing.',
  401: 'Client key or secret is invalid or missing.',
  403: 'The credentials lack the scope.',
  404: 'There is nothing of that id.',
  409: 'It conflicts with what is there, or with another request under the same idempotency-key.',
  413: 'The body is too large.',
  415: 'The body is of another type than those that are listed.',
  429: 'There were as many requests in this minute as a client key may make.',
  503: 'The service is busy, or cannot give out payment references or a rate at the moment: repeat it later.',
};
const LIMITS = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'];

/** The document of the merchant API, from what its controllers and dtos declare; the same in every deployment. */
export function merchantDocument(): MerchantDocument {
  const paths: Record<string, Record<string, MerchantOperation>> = {};
  const left = new Set([...NOT_OFFERED.map(({ method, path }) => `${method} ${path}`), ...SAYS_WHAT_IS_MISSING]);
  const tags = new Set<string>();
  const shapes = new Set(['Error', 'TooManyRequests']);
  for (const route of merchantRoutes(MERCHANT_CONTROLLERS)) {
    const name = `${route.method} ${route.path}`;
    if (left.has(name)) continue;
    const described = CALLS[name];
    if (described === undefined) throw new Error(`nobody has described ${name}`);
    tags.add(described.tag);
    shapes.add(described.answer);
    (paths[route.path.replaceAll(/:(\w+)/g, '{$1}')] ??= {})[route.method.toLowerCase()] = operationOf(
      route,
      described,
    );
  }
  return {
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: MERCHANT_DIALECT.prefix }],
    tags: Object.entries(TAGS)
      .filter(([name]) => tags.has(name))
      .map(([name, description]) => ({ name, description })),
    paths,
    'x-not-offered': NOT_OFFERED.map(({ method, path, instead }) => ({ method, path, instead })),
    components: { securitySchemes: SCHEMES, headers: HEADERS, schemas: usedShapes(shapes) },
  };
}

/** As it is written to disk. */
export function merchantText(): string {
  return `${JSON.stringify(merchantDocument(), null, 2)}\n`;
}

/** Those that are named, and what they are made of. */
function usedShapes(names: ReadonlySet<string>): Record<string, JsonSchema> {
  const used = new Set<string>();
  const visit = (name: string): void => {
    if (used.has(name)) return;
    used.add(name);
    for (const [, other] of JSON.stringify(SHAPES[name]).matchAll(/#\/components\/schemas\/(\w+)/g))
      visit(other as string);
  };
  for (const name of names) visit(name);
  return Object.fromEntries(Object.entries(SHAPES).filter(([name]) => used.has(name)));
}

function operationOf(
  route: MerchantRoute,
  { operationId, tag, summary, answer, example, refuses }: Described,
): MerchantOperation {
  const isPublic = route.policy?.kind === 'public';
  const parameters = parametersOf(route);
  return {
    operationId,
    tags: [tag],
    summary,
    description: descriptionOf(route),
    security: isPublic ? [] : [{ clientKey: [], clientSecret: [] }],
    'x-required-scopes': route.policy?.kind === 'requires' ? [route.policy.scope] : [],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: Object.fromEntries(
              bodyTypesOf(route).map((type) => [type, { schema: bodySchema(route, type), example }]),
            ),
          },
        }),
    responses: {
      [String(route.status)]: {
        description:
          route.method === 'POST' ? 'Created.' : route.method === 'DELETE' ? 'Deleted; this is what it was.' : 'Found.',
        headers: headersOf(route.isKeyed ? ['Idempotent-Replayed'] : []),
        content: { [JSON_TYPE]: { schema: ref(answer) } },
      },
      ...refusals(route, refuses ?? []),
    },
  };
}

function bodyTypesOf({ form }: MerchantRoute): string[] {
  return form === 'any' ? [JSON_TYPE, 'application/x-www-form-urlencoded', 'multipart/form-data'] : [JSON_TYPE];
}

/** Addresses of images come as a list, or as one text with commas between them. */
function bodySchema({ body, method }: MerchantRoute, type: string): JsonSchema {
  const schema = dtoSchema(body as NonNullable<typeof body>, method === 'POST', OWN_MEANINGS);
  const { images } = schema.properties ?? {};
  if (images === undefined) return schema;
  const joined = text(20_489, { description: 'URLs with commas between them.' });
  const either = { anyOf: [list(url, 10), joined, ...(type === JSON_TYPE ? [{ type: 'null' }] : [])] };
  return { ...schema, properties: { ...schema.properties, images: either } };
}

function descriptionOf({ policy, isKeyed }: MerchantRoute): string {
  const who =
    policy?.kind === 'requires'
      ? `Takes the scope \`${policy.scope}\`.`
      : policy?.kind === 'public'
        ? 'Open to everybody.'
        : 'Takes any client key.';
  return `${who}${isKeyed ? ' A repeat under the same idempotency-key is answered with the first answer for 24 hours.' : ''}`;
}

function parametersOf({ path, query, isKeyed }: MerchantRoute): object[] {
  const { properties = {}, required = [] } = query === undefined ? {} : dtoSchema(query, false, OWN_MEANINGS);
  return [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: text(36) })),
    ...Object.entries(properties).map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema: withoutNull(schema),
    })),
    ...(isKeyed
      ? [{ name: 'idempotency-key', in: 'header', required: false, schema: text(255, { minLength: 1 }) }]
      : []),
  ];
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const [first] = schema.anyOf ?? [];
  if (first !== undefined) return first;
  return Array.isArray(schema.type) ? { ...schema, type: schema.type[0] as string } : schema;
}

function refusals(
  { method, path, policy, body, query, isKeyed }: MerchantRoute,
  own: readonly number[],
): Record<string, unknown> {
  const statuses = [
    ...(body !== undefined || query !== undefined || isKeyed ? [400] : []),
    ...(policy?.kind === 'public' ? [] : [401]),
    ...(policy?.kind === 'requires' ? [403] : []),
    ...(path.includes(':') ? [404] : []),
    ...(isKeyed ? [409] : []),
    ...(body !== undefined && method !== 'GET' ? [413, 415] : []),
    429,
    ...(policy?.kind === 'public' ? [] : [503]),
    ...own,
  ];
  return Object.fromEntries(
    [...new Set(statuses)].map((status) => [
      String(status),
      {
        description: PHRASES[status],
        headers: headersOf(status === 429 || status === 503 ? ['Retry-After'] : []),
        content: { [JSON_TYPE]: { schema: ref(status === 429 ? 'TooManyRequests' : 'Error') } },
      },
    ]),
  );
}

function headersOf(more: readonly string[]): Record<string, object> {
  return Object.fromEntries([...LIMITS, ...more].map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

const INFO = {
  title: 'Lumentill merchant API',
  version: '1.0.0',
  contact: { name: 'Whoever runs this deployment' },
  license: { name: 'MIT', identifier: 'MIT' },
  description:
    'Plain JSON over one till for Stellar, for shops that sell through links. Numbers are read and printed by their decimal text. What is not found and what is not yours are the same 404. 100 requests a minute per client key. Another method at one of these paths is answered with 405 and Allow. The calls in x-not-offered are answered with 501, and what to do instead.',
};

const header = (name: string, description: string): object => ({ type: 'apiKey', in: 'header', name, description });
const SCHEMES = {
  clientKey: header('x-client-key', 'Names the client.'),
  clientSecret: header('x-client-secret', 'Proves it. Both are sent.'),
};

const HEADERS = {
  'X-RateLimit-Limit': { description: 'Requests in a minute.', schema: whole(1) },
  'X-RateLimit-Remaining': { description: 'What is left of them.', schema: whole() },
  'X-RateLimit-Reset': { description: 'The end of the minute, in seconds since 1970.', schema: whole() },
  'Retry-After': { description: 'Seconds to wait.', schema: whole(1) },
  'Idempotent-Replayed': { description: '`true` on an answer that was given before.', schema: text(4) },
};
