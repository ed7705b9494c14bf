import type { Resource } from '../../../jsonapi/resource';
import { ANSWER_ATTRIBUTES } from './answer-attributes';
import { choice, day, instant, type JsonSchema, text, whole } from '../../../http/json-schema';
import type { OperationPlan } from './operation-plan';

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required?: boolean;
  readonly description: string;
  readonly style?: string;
  readonly explode?: boolean;
  readonly schema: JsonSchema;
}

/** A parameter that many operations have. */
export interface ParameterReference {
  readonly $ref: string;
}

const MAX_VALUES = 50;
const id: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'Id of the resource.',
  schema: text(100, { minLength: 1 }),
};
const fields: Parameter = {
  name: 'fields',
  in: 'query',
  style: 'deepObject',
  explode: true,
  description: 'Sparse fieldsets: `fields[type]=a,b` leaves only these attributes and relationships of that type.',
  schema: { type: 'object', additionalProperties: text(1000) },
};
const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'For 24 hours a repetition with the same key is answered with the same bytes and does nothing again.',
  schema: text(255, { minLength: 1, pattern: '^[\\x21-\\x7e]+$' }),
};
const ifMatch: Parameter = {
  name: 'If-Match',
  in: 'header',
  description: 'The ETag of the version to change; 412 when it is not the current one.',
  schema: text(255),
};
const ifNoneMatch: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The ETag of the version that is known; 304 when it is the current one.',
  schema: text(255),
};

const cursor = (name: string, description: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema: text(2000),
});

/** Defined once, in the components. */
export const SHARED_PARAMETERS = {
  Id: id,
  Fields: fields,
  IdempotencyKey: idempotencyKey,
  IfMatch: ifMatch,
  IfNoneMatch: ifNoneMatch,
  PageAfter: cursor('page[after]', 'A cursor, as in `links.next`.'),
  PageBefore: cursor('page[before]', 'A cursor, as in `links.prev`; not together with `page[after]`.'),
} as const;

export function sharedParameter(name: keyof typeof SHARED_PARAMETERS): ParameterReference {
  return { $ref: `#/components/parameters/${name}` };
}

/** Everything an operation reads besides its body. */
export function parametersOf(
  plan: OperationPlan,
  targets: readonly Resource[],
): readonly (Parameter | ParameterReference)[] {
  const { kind, resource, route } = plan;
  const tells = kind !== 'delete' && kind !== 'relate' && kind !== 'file';
  return [
    ...(plan.path.includes('{id}') ? [sharedParameter('Id')] : []),
    ...(kind === 'read' && plan.notes.filtered === true ? filtersOf(resource) : []),
    ...(kind === 'list' ? [...filtersOf(resource), ...sortOf(resource), ...pageOf(resource)] : []),
    ...(plan.relationship?.paged === true ? targets.flatMap((target) => [...sortOf(target), ...pageOf(target)]) : []),
    ...(tells ? [...includeOf(plan, targets), sharedParameter('Fields')] : []),
    ...(route.idempotency === undefined
      ? []
      : [
          route.idempotency.required === true
            ? { ...idempotencyKey, required: true }
            : sharedParameter('IdempotencyKey'),
        ]),
    ...(plan.matches ? [sharedParameter('IfMatch')] : []),
    ...(plan.tagged && (kind === 'read' || kind === 'file') ? [sharedParameter('IfNoneMatch')] : []),
  ];
}

function filtersOf({ type, filters }: Resource): readonly Parameter[] {
  return Object.entries(filters).flatMap(([name, { keys, splits }]) =>
    keys.map((key): Parameter => {
      if (key !== '')
        return {
          name: `filter[${name}][${key}]`,
          in: 'query',
          description: key === 'from' ? 'This instant or later.' : 'Before this instant.',
          schema: { ...instant, maxLength: 40, pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt]' },
        };
      const attribute = ANSWER_ATTRIBUTES[type]?.[name];
      if (attribute?.format === 'date')
        return { name: `filter[${name}]`, in: 'query', description: attribute.description ?? 'A day.', schema: day };
      const choices = attribute?.enum ?? attribute?.anyOf?.find((each) => each.enum !== undefined)?.enum;
      const items: JsonSchema = choices === undefined ? text(320) : choice(choices);
      return {
        name: `filter[${name}]`,
        in: 'query',
        style: 'form',
        explode: !splits,
        description: splits
          ? 'Any of these, separated by commas.'
          : 'This text, commas included; repeat the parameter for any of several.',
        schema: { type: 'array', minItems: 1, maxItems: MAX_VALUES, items },
      };
    }),
  );
}

function sortOf({ sortNames, defaultSort }: Resource): readonly Parameter[] {
  if (sortNames.length === 0) return [];
  return [
    {
      name: 'sort',
      in: 'query',
      description: `Default: \`${defaultSort}\`; \`-\` in front turns the order round.`,
      schema: { type: 'string', enum: sortNames.flatMap((name) => [name, `-${name}`]) },
    },
  ];
}

function pageOf({ page }: Resource): readonly (Parameter | ParameterReference)[] {
  return [
    { name: 'page[size]', in: 'query', description: `Default: ${page.defaultSize}.`, schema: whole(1, page.maxSize) },
    sharedParameter('PageAfter'),
    sharedParameter('PageBefore'),
  ];
}

function includeOf(
  { kind, resource, relationship }: OperationPlan,
  targets: readonly Resource[],
): readonly Parameter[] {
  const roots =
    kind === 'related'
      ? targets.flatMap((target) => target.relationships)
      : kind === 'relationship' && relationship !== undefined
        ? [relationship]
        : resource.relationships;
  const names = [...new Set(roots.filter(({ includable }) => includable !== false).map(({ name }) => name))];
  if (names.length === 0) return [];
  return [
    {
      name: 'include',
      in: 'query',
      description: `Related resources to tell as well, separated by commas: ${names.map((name) => `\`${name}\``).join(', ')}, and what these lead to after a point.`,
      schema: text(200),
    },
  ];
}
