import { PARTNER_PREFIX } from '../partner.dialect';
import type { ErrorCode } from '../../../common/errors';
import { JSON_API } from '../../../jsonapi/media-type';
import type { Resources } from '../../../jsonapi/resources';
import { answerExample } from './answer-examples';
import { descriptionOf } from './descriptions';
import { errorCodesOf, errorResponses } from './error-responses';
import type { JsonSchema } from '../../../http/json-schema';
import type { OperationPlan } from './operation-plan';
import { type Parameter, type ParameterReference, parametersOf } from './parameters';
import { answerSchema, requestSchema } from './resource-schemas';
import { curlOf, idVariable, requestData, sampled } from './sample';

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  /** Ways to authenticate, any one of them; empty on a public route. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly (Parameter | ParameterReference)[];
  readonly requestBody?: {
    readonly required: true;
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;
  };
  readonly responses: Readonly<Record<string, unknown>>;
  /** Scopes that the credentials must carry. OpenAPI has no place for them beside keys and bearer tokens. */
  readonly 'x-required-scopes': readonly string[];
  /** Codes of every error it can answer with. */
  readonly 'x-error-codes': readonly ErrorCode[];
  readonly 'x-codeSamples': readonly { readonly lang: string; readonly source: string }[];
}

const LIST_QUERY = '?page[size]=5';

export function operationOf(plan: OperationPlan, resources: Resources, nameOf: (type: string) => string): Operation {
  const { noun, notes, relationship } = plan;
  const targets = relationship === undefined ? [] : resources.targetsOf(relationship);
  const parameters = parametersOf(plan, targets);
  const schema = requestSchema(plan, resources);
  const example = exampleOf(plan);
  const codes = errorCodesOf(plan);
  return {
    operationId: plan.operationId,
    tags: [noun.plural],
    summary: notes.summary,
    description: descriptionOf(plan),
    security: securityOf(plan),
    'x-required-scopes': plan.route.policy?.kind === 'requires' ? [plan.route.policy.scope] : [],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(schema === undefined
      ? {}
      : {
          requestBody: {
            required: true as const,
            content: { [JSON_API]: { schema, ...(example === undefined ? {} : { example: sampled(example) }) } },
          },
        }),
    responses: { ...successOf(plan, resources, nameOf), ...errorResponses(codes) },
    'x-error-codes': codes,
    'x-codeSamples': [{ lang: 'Shell', source: sampleOf(plan, example) }],
  };
}

/** One of: a bearer token; client key and secret; a signed nonce. */
function securityOf({ route: { policy } }: OperationPlan): Operation['security'] {
  if (policy?.kind === 'public') return [];
  return [{ bearer: [] }, { clientKey: [], clientSecret: [] }, { walletAddress: [], authNonce: [], authSignature: [] }];
}

function successOf(
  plan: OperationPlan,
  resources: Resources,
  nameOf: (type: string) => string,
): Record<string, unknown> {
  const { kind, route } = plan;
  const empty = kind === 'delete' || kind === 'relate';
  const names = [
    'Request-Id',
    'RateLimit',
    'RateLimit-Policy',
    ...(kind === 'create' ? ['Location'] : []),
    ...(plan.tagged ? ['ETag'] : []),
    ...(route.idempotency === undefined ? [] : ['Idempotent-Replayed']),
  ];
  const headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  if (empty) return { '204': { description: 'Done.', headers } };
  const content =
    route.produces !== undefined
      ? { [route.produces]: { schema: {} } }
      : { [JSON_API]: { schema: answerSchema(plan, nameOf), example: answerExample(plan, resources) } };
  return {
    [String(route.status)]: { description: kind === 'create' ? 'Created.' : 'Found.', headers, content },
    ...(plan.tagged && (kind === 'read' || kind === 'file')
      ? { '304': { description: 'The version that is known is the current one.', headers } }
      : {}),
  };
}

function exampleOf({ kind, noun, relationship, notes: { example } }: OperationPlan): unknown {
  if (kind === 'relate')
    return { data: { type: relationship?.types[0], id: `$${idVariable(snaked(relationship?.name ?? ''))}` } };
  return example === undefined
    ? undefined
    : { data: requestData(noun.type, kind === 'update' ? idVariable(noun.singular) : undefined, example) };
}

function snaked(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function sampleOf({ kind, path, noun, notes, route }: OperationPlan, body: unknown): string {
  const target = `${PARTNER_PREFIX}${path.replace('{id}', `$${idVariable(noun.singular)}`)}${kind === 'list' ? LIST_QUERY : ''}`;
  return curlOf({
    method: route.method,
    path: target,
    body,
    bearer: notes.bySession === true ? 'SESSION' : 'KEY',
    idempotent: route.idempotency !== undefined,
  });
}
