import { DomainError } from '../common/errors';
import type { Filters } from './filters';

/** What may stand in an attribute. Instants leave as ISO 8601 UTC; amounts are given as text. */
export type JsonValue =
  string | number | boolean | null | Date | readonly JsonValue[] | { readonly [member: string]: JsonValue };

/** A resource identifier object. */
export interface Identifier {
  readonly type: string;
  readonly id: string;
}

/** Undefined: not known without asking, so the relationship shows links only. */
export type Linkage = Identifier | null | readonly Identifier[] | undefined;

type ColumnOf<Row> = { [Key in keyof Row]: Row[Key] extends JsonValue ? Key : never }[keyof Row] & string;

/** An attribute: the name of a column, or how to read it off the row. */
export type AttributeDefinition<Row> = ColumnOf<Row> | ((row: Row) => JsonValue) | ConditionalAttribute<Row>;

/** An attribute that not every resource of the type has. */
export interface ConditionalAttribute<Row> {
  has(row: Row): boolean;
  read(row: Row): JsonValue;
}

export interface RelationshipDefinition<Row> {
  readonly to: 'one' | 'many';
  readonly types: readonly string[];
  /** Where the row itself knows its relatives. Without it they come from `Loaders.children`. */
  linkage?(row: Row): Linkage;
  /** False for rows that are shown without it; its addresses are served all the same. */
  has?(row: Row): boolean;
  /** False where `include` may not name it. */
  readonly includable?: boolean;
  /** True where a request body may set it; `once` where only the body that makes the resource may. */
  readonly writable?: boolean | 'once';
  /** True where it can be too long for one document: its addresses are served page by page. */
  readonly paged?: boolean;
  /** False where neither its own nor its related address is served. */
  readonly links?: boolean;
}

export interface PageRules {
  readonly defaultSize: number;
  readonly maxSize: number;
}

export interface ResourceDefinition<Row, F extends Filters, S extends string> {
  /** `type` of every resource object. */
  readonly type: string;
  /** Path segment of the collection. */
  readonly path: string;
  /** Other spellings of the type that requests may use. */
  readonly typeAliases?: readonly string[];
  /** Scope that reading it needs, wherever it appears; absent where its own routes need none. */
  readonly readScope?: string;
  id(row: Row): string;
  /** Gives answers that show one row an ETag; absent where rows do not change, or never under `If-Match`. */
  version?(row: Row): bigint | number | string;
  /** The only fields that can ever be shown. */
  readonly attributes: Readonly<Record<string, AttributeDefinition<Row>>>;
  readonly relationships?: Readonly<Record<string, RelationshipDefinition<Row>>>;
  /** Other spellings of attributes and relationships in requests: alias -> name. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly filters?: F;
  /** Sort keys as text that the database compares as equal to what it stores; never null. */
  readonly sorts?: Readonly<Record<S, (row: Row) => string>>;
  /** As in the query, for example `-createdAt`; ties are broken by `id`. */
  readonly defaultSort?: string;
  readonly page?: PageRules;
}

export interface Attribute<Row> {
  readonly name: string;
  /** Absent: every row has it. */
  has?(row: Row): boolean;
  read(row: Row): JsonValue;
}

export interface Relationship<Row> extends RelationshipDefinition<Row> {
  readonly name: string;
}

/** A checked definition; made by `defineResource` only. */
export interface Resource<Row = unknown, F extends Filters = Filters, S extends string = string> {
  readonly type: string;
  readonly path: string;
  readonly types: ReadonlySet<string>;
  readonly readScope: string | undefined;
  id(row: Row): string;
  version(row: Row): bigint | number | string | undefined;
  readonly attributes: readonly Attribute<Row>[];
  readonly relationships: readonly Relationship<Row>[];
  readonly fieldNames: ReadonlySet<string>;
  readonly aliases: ReadonlyMap<string, string>;
  readonly filters: F;
  readonly sortNames: readonly S[];
  sortKey(row: Row, name: S): string;
  readonly defaultSort: string;
  readonly page: PageRules;
}

const DEFAULT_PAGE: PageRules = { defaultSize: 20, maxSize: 100 };

/** Throws on a definition that could produce an illegal document (JSON:API 1.1, "Member Names", "Fields"). */
export function defineResource<Row, F extends Filters = Record<never, never>, S extends string = never>(
  definition: ResourceDefinition<Row, F, S>,
): Resource<Row, F, S> {
  assertLegal(definition);
  const sorts = (definition.sorts ?? {}) as Readonly<Record<S, (row: Row) => string>>;
  const attributes = Object.entries(definition.attributes).map(([name, how]) => attributeOf(name, how));
  const relationships = Object.entries(definition.relationships ?? {}).map(([name, each]) => ({ ...each, name }));
  return {
    type: definition.type,
    path: definition.path,
    types: new Set([definition.type, ...(definition.typeAliases ?? [])]),
    readScope: definition.readScope,
    id: (row) => definition.id(row),
    version: (row) => definition.version?.(row),
    attributes,
    relationships,
    fieldNames: new Set([...attributes, ...relationships].map(({ name }) => name)),
    aliases: new Map(Object.entries(definition.aliases ?? {})),
    filters: definition.filters ?? ({} as F),
    sortNames: Object.keys(sorts) as S[],
    sortKey: (row, name) => sorts[name](row),
    defaultSort: definition.defaultSort ?? '',
    page: definition.page ?? DEFAULT_PAGE,
  };
}

function attributeOf<Row>(name: string, how: AttributeDefinition<Row>): Attribute<Row> {
  if (typeof how === 'function') return { name, read: how };
  if (typeof how === 'object') return { name, has: (row) => how.has(row), read: (row) => how.read(row) };
  return { name, read: (row) => row[how] as JsonValue };
}

const NAME = /^[a-z]([a-zA-Z0-9]*[a-zA-Z0-9])?$/;
const PATH = /^[a-z][a-z0-9_]*$/;

function assertLegal<Row, F extends Filters, S extends string>(definition: ResourceDefinition<Row, F, S>): void {
  const fail = (message: string): never => {
    throw new Error(`resource ${definition.type}: ${message}`);
  };
  const attributes = Object.keys(definition.attributes);
  const relationships = Object.keys(definition.relationships ?? {});
  const names = [...attributes, ...relationships];
  for (const name of [definition.type, ...names]) if (!NAME.test(name)) fail(`the name ${name} is not camelCase`);
  if (!PATH.test(definition.path)) fail(`the path ${definition.path} is not snake_case`);
  if (new Set(names).size !== names.length) fail('an attribute and a relationship share a name');
  for (const name of names) if (name === 'type' || name === 'id') fail(`a field may not be called ${name}`);
  for (const name of relationships)
    if (name === 'relationships') fail('its related address would be a relationship address');
  for (const name of attributes)
    if (/[a-z]Id$/.test(name) && relationships.includes(name.slice(0, -2))) fail(`${name} repeats the relationship`);
  for (const alias of Object.keys(definition.aliases ?? {}))
    if (names.includes(alias)) fail(`the alias ${alias} is a name already`);
  for (const key of (definition.defaultSort ?? '').split(',').filter(Boolean))
    if (!Object.hasOwn(definition.sorts ?? {}, key.replace(/^-/, ''))) fail(`there is no sort ${key}`);
  const { defaultSize, maxSize } = definition.page ?? DEFAULT_PAGE;
  if (defaultSize < 1 || defaultSize > maxSize) fail('the default page size is out of range');
}

/** Throws `resource_not_found` for a name that has no address. */
export function relationshipOf(resource: Resource, name: string): Relationship<unknown> {
  const found = resource.relationships.find((each) => each.name === name && each.links !== false);
  if (found === undefined)
    throw new DomainError('resource_not_found', { detail: `${resource.type} have no relationship of this name` });
  return found;
}
