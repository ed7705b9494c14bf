import type { Relationship, Resource } from '../../../jsonapi/resource';
import type { Resources } from '../../../jsonapi/resources';
import { ANSWER_ATTRIBUTES } from './answer-attributes';
import { dtoSchema } from '../../../http/dto-schema';
import { type JsonSchema, ref, text, url } from '../../../http/json-schema';
import type { OperationPlan } from './operation-plan';

const id = text(100, { minLength: 1 });
const object = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = Object.keys(properties),
): JsonSchema => ({ type: 'object', properties, ...(required.length === 0 ? {} : { required }) });
const array = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const type = (types: Iterable<string>): JsonSchema => ({ type: 'string', enum: [...types] });
const link: JsonSchema = { anyOf: [url, object({ href: url, type: text(200) }), { type: 'null' }] };
const meta: JsonSchema = { type: 'object' };

/** What every document is made of. */
export const COMMON_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  JsonApi: object({ version: { type: 'string', const: '1.1' }, profile: array(url) }, ['version']),
  Links: { type: 'object', additionalProperties: link },
  Meta: meta,
  Resource: object(
    { type: text(100), id, attributes: { type: 'object' }, relationships: { type: 'object' }, links: ref('Links') },
    ['type', 'id', 'links'],
  ),
  Errors: object({ jsonapi: ref('JsonApi'), errors: { ...array(ref('Error')), minItems: 1, maxItems: 20 } }),
  Error: object(
    {
      id: { ...text(128), description: 'The request id.' },
      links: object({ type: url }),
      status: text(3, { pattern: '^[45]\\d\\d$' }),
      code: { ...text(60, { pattern: '^[a-z_]+$' }), description: 'The condition; stable.' },
      title: text(200),
      detail: text(2000),
      source: object({ pointer: text(1000), parameter: text(1000), header: text(200) }, []),
      meta,
    },
    ['id', 'status', 'code', 'title', 'detail'],
  ),
};

/** A resource object in answers. With `fields[...]` some of its fields are left out. Throws when an attribute has no shape, or a shape no attribute. */
export function resourceSchema(resource: Resource): JsonSchema {
  const shapes = ANSWER_ATTRIBUTES[resource.type] ?? {};
  const names = resource.attributes.map(({ name }) => name);
  const odd = [
    ...names.filter((name) => shapes[name] === undefined),
    ...Object.keys(shapes).filter((name) => !names.includes(name)),
  ];
  if (odd.length > 0) throw new Error(`${resource.type}: the attributes and their shapes differ in ${odd.join(', ')}`);
  const attributes: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(
      resource.attributes.map((each) => [each.name, { ...shapes[each.name], ...conditional(each) }]),
    ),
  };
  const relationships: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(
      resource.relationships.map((each) => [each.name, { ...relationshipSchema(each), ...conditional(each) }]),
    ),
  };
  return object(
    {
      type: type([resource.type]),
      id,
      attributes,
      ...(resource.relationships.length === 0 ? {} : { relationships }),
      links: ref('Links'),
    },
    ['type', 'id', 'links'],
  );
}

function conditional({ has }: { readonly has?: unknown }): JsonSchema {
  return has === undefined ? {} : { 'x-conditional': true };
}

export function linkageSchema({ to, types }: Relationship<unknown>): JsonSchema {
  const identifier = object({ type: type(types), id });
  return to === 'many' ? array(identifier) : { oneOf: [identifier, { type: 'null' }] };
}

function relationshipSchema(relationship: Relationship<unknown>): JsonSchema {
  return object({ links: ref('Links'), data: linkageSchema(relationship) }, []);
}

/** Schema of the document that an operation answers with. */
export function answerSchema(plan: OperationPlan, nameOf: (type: string) => string): JsonSchema {
  const one = ref(nameOf(plan.resource.type));
  const { kind, relationship, notes } = plan;
  if (kind === 'list') return documentSchema(array(one), notes.meta);
  if (relationship === undefined) return documentSchema(one, notes.meta);
  if (kind === 'relationship') return documentSchema(linkageSchema(relationship), undefined);
  const targets = relationship.types.map((each) => ref(nameOf(each)));
  if (relationship.to === 'many')
    return documentSchema(array(targets.length === 1 ? (targets[0] as JsonSchema) : { oneOf: targets }), undefined);
  return documentSchema({ oneOf: [...targets, { type: 'null' }] }, undefined);
}

function documentSchema(data: JsonSchema, told: JsonSchema | undefined): JsonSchema {
  return object(
    { jsonapi: ref('JsonApi'), links: ref('Links'), data, included: array(ref('Resource')), meta: told ?? ref('Meta') },
    ['jsonapi', 'links', 'data', ...(told === undefined ? [] : ['meta'])],
  );
}

/** Schema of the document that an operation reads; undefined where it reads none. */
export function requestSchema(
  { kind, resource, relationship, notes }: OperationPlan,
  resources: Resources,
): JsonSchema | undefined {
  const targetTypes = (each: Relationship<unknown>): string[] =>
    resources.targetsOf(each).flatMap((target) => [...target.types]);
  const sendable = (each: Relationship<unknown>): JsonSchema => linkageSchema({ ...each, types: targetTypes(each) });
  if (kind === 'relate' && relationship !== undefined) return object({ data: sendable(relationship) });
  if (notes.dto === undefined) return undefined;
  const attributes = dtoSchema(notes.dto, kind !== 'update');
  const writable = resource.relationships.filter(
    ({ writable }) => writable === true || (kind === 'create' && writable === 'once'),
  );
  const relationships = object(
    Object.fromEntries(writable.map((each) => [each.name, object({ data: sendable(each) })])),
    notes.needs ?? [],
  );
  const data = object(
    {
      type: type(resource.types),
      ...(kind === 'update' ? { id } : {}),
      attributes,
      ...(writable.length === 0 ? {} : { relationships }),
    },
    [
      'type',
      ...(kind === 'update' ? ['id'] : []),
      ...(attributes.required === undefined ? [] : ['attributes']),
      ...(notes.needs === undefined ? [] : ['relationships']),
    ],
  );
  return object({ data });
}
