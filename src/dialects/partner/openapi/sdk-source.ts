import { JSON_API } from '../../../jsonapi/media-type';
import type { OpenApi } from './document';
import type { JsonSchema } from '../../../http/json-schema';
import type { Operation } from './operation';
import type { Parameter, ParameterReference } from './parameters';

const HEADER = '// Made from the OpenAPI document by npm run openapi; changes here are lost.\n';
/** Members of these are there, but for the conditional ones, unless a request asks for fewer fields, which the client leaves to its callers. */
const WHOLE = ['attributes', 'relationships'];

/** TypeScript of every schema and operation of the document: what the client in `sdk/` is typed by. */
export function sdkSource(document: OpenApi): string {
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`,
  );
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const spoken = operations.filter(
    ({ operation }) => answerOf(operation) !== undefined || operation.responses['204'] !== undefined,
  );
  const types = spoken.map(
    ({ operation }) =>
      `  readonly ${operation.operationId}: { readonly input: ${inputType(document, operation)}; readonly answer: ${answerType(operation)} };\n`,
  );
  const places = spoken.map(
    ({ method, path, operation }) => `  ${operation.operationId}: { method: '${method}', path: '${path}' },\n`,
  );
  return `${HEADER}\n${schemas.join('\n')}\nexport interface Operations {\n${types.join('')}}\n\nexport const OPERATIONS = {\n${places.join('')}} as const;\n`;
}

function typeOf(schema: JsonSchema, whole = false): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? '';
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map((each) => typeOf(each)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const).replaceAll('"', "'");
  if (schema.enum !== undefined) return schema.enum.map((each) => `'${each}'`).join(' | ');
  return [schema.type ?? 'unknown']
    .flat()
    .map((type) => typeNamed(type, schema, whole))
    .join(' | ');
}

function typeNamed(type: string, schema: JsonSchema, whole: boolean): string {
  if (type === 'integer') return 'number';
  if (type === 'array') return `readonly (${typeOf(schema.items ?? {})})[]`;
  if (type !== 'object') return type;
  if (schema.properties === undefined)
    return `Readonly<Record<string, ${schema.additionalProperties === undefined ? 'unknown' : typeOf(schema.additionalProperties)}>>`;
  const members = Object.entries(schema.properties).map(([name, member]) => {
    const present =
      (whole && member['x-conditional'] !== true) ||
      schema.required?.includes(name) === true ||
      (WHOLE.includes(name) && schema.properties?.['links'] !== undefined);
    return `readonly ${name}${present ? '' : '?'}: ${typeOf(member, WHOLE.includes(name) && schema.properties?.['links'] !== undefined)}`;
  });
  return `{ ${members.join('; ')} }`;
}

function inputType(document: OpenApi, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map((each) => resolved(document, each));
  const query = parameters
    .filter((each) => each.in === 'query')
    .map(
      ({ name, schema }) =>
        `readonly ${name === 'fields' ? 'fields' : JSON.stringify(name).replaceAll('"', "'")}?: ${typeOf(schema)}`,
    );
  const has = (name: string): boolean => parameters.some((each) => each.name === name);
  const body = operation.requestBody?.content[JSON_API]?.schema;
  const members = [
    ...(has('id') ? ['readonly id: string'] : []),
    ...(query.length === 0 ? [] : [`readonly query?: { ${query.join('; ')} }`]),
    ...(body === undefined ? [] : [`readonly body: ${typeOf(body)}`]),
    ...(has('Idempotency-Key') ? ['readonly idempotencyKey?: string'] : []),
    ...(has('If-Match') ? ['readonly ifMatch?: string'] : []),
  ];
  return members.length === 0 ? 'Readonly<Record<never, never>>' : `{ ${members.join('; ')} }`;
}

function resolved(document: OpenApi, parameter: Parameter | ParameterReference): Parameter {
  return '$ref' in parameter
    ? (document.components.parameters[parameter.$ref.split('/').at(-1) ?? ''] as Parameter)
    : parameter;
}

function answerOf(operation: Operation): JsonSchema | undefined {
  const responses = Object.entries(operation.responses) as [
    string,
    { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> },
  ][];
  return responses.find(([status]) => status.startsWith('2'))?.[1].content?.[JSON_API]?.schema;
}

function answerType(operation: Operation): string {
  const answer = answerOf(operation);
  return answer === undefined ? 'undefined' : typeOf(answer);
}
