import { PARTNER_PREFIX } from '../partner.dialect';
import type { Resource } from '../../../jsonapi/resource';
import type { Resources } from '../../../jsonapi/resources';
import { ANSWER_ATTRIBUTES } from './answer-attributes';
import { EXAMPLE_ATTRIBUTES, EXAMPLE_IDS } from './example-attributes';
import { exampleValue } from './example-values';
import type { OperationPlan } from './operation-plan';
import { SAMPLE_ID } from './sample';

const BASE = `https://pay.example.com${PARTNER_PREFIX}`;
const CURSOR = 'eyJrIjpbIjIwMzAtMDEtMDEiXX0';

type Relationship = Resource['relationships'][number];

/** An answer as it could be given: of this shape, with every member that an answer to the plain request has. */
export function answerExample(plan: OperationPlan, resources: Resources): unknown {
  const { kind, relationship, resource, notes } = plan;
  const self = BASE + plan.path.replace('{id}', idOf(resource.type));
  const meta = notes.meta === undefined ? {} : { meta: exampleValue(notes.meta) };
  const page =
    kind === 'list' || relationship?.paged === true ? { prev: null, next: `${self}?page%5Bafter%5D=${CURSOR}` } : {};
  const related = kind === 'relationship' ? { related: self.replace('/relationships', '') } : {};
  return {
    jsonapi: { version: '1.1' },
    links: { self: kind === 'create' ? `${self}/${idOf(resource.type)}` : self, ...related, ...page },
    data: dataOf(plan, resources),
    ...meta,
  };
}

function dataOf({ kind, relationship, resource }: OperationPlan, resources: Resources): unknown {
  if (kind === 'list') return [resourceExample(resource)];
  if (relationship === undefined) return resourceExample(resource);
  const [target] = resources.targetsOf(relationship);
  const one = kind === 'relationship' || target === undefined ? identifierOf(relationship) : resourceExample(target);
  return relationship.to === 'many' ? [one] : one;
}

/** Without what only some resources of the type have. */
function resourceExample(resource: Resource): Record<string, unknown> {
  const { type } = resource;
  const self = `${BASE}/${resource.path}/${idOf(type)}`;
  const attributes = resource.attributes
    .filter((each) => each.has === undefined)
    .map(({ name }) => [name, attributeExample(type, name)] as const);
  const relationships = resource.relationships
    .filter((each) => each.has === undefined)
    .map((each) => [each.name, relationshipExample(each, self)] as const);
  return {
    type,
    id: idOf(type),
    attributes: Object.fromEntries(attributes),
    ...(relationships.length === 0 ? {} : { relationships: Object.fromEntries(relationships) }),
    links: { self },
  };
}

function attributeExample(type: string, name: string): unknown {
  const given = EXAMPLE_ATTRIBUTES[type]?.[name];
  return given === undefined ? exampleValue(ANSWER_ATTRIBUTES[type]?.[name] ?? {}) : given;
}

function relationshipExample(relationship: Relationship, self: string): Record<string, unknown> {
  const { name, links, to } = relationship;
  const identifier = identifierOf(relationship);
  return {
    ...(links === false ? {} : { links: { self: `${self}/relationships/${name}`, related: `${self}/${name}` } }),
    ...(relationship.linkage === undefined ? {} : { data: to === 'many' ? [identifier] : identifier }),
  };
}

function identifierOf({ types: [type = ''] }: Relationship): { readonly type: string; readonly id: string } {
  return { type, id: idOf(type) };
}

function idOf(type: string): string {
  return EXAMPLE_IDS[type] ?? SAMPLE_ID;
}
