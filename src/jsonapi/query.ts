import { DomainError, type ErrorCode, type InputFault } from '../common/errors';
import { type IncludeTree, parseInclude } from './include-tree';
import { readFilters } from './query-filters';
import { type PageParameters, readPage } from './query-page';
import { readSort, type SortKey } from './query-sort';
import { type Parameter, parameterFault, readParameters } from './query-string';
import type { FilterValues, Filters } from './filters';
import type { Resource } from './resource';
import type { Resources } from './resources';

/** Type -> the fields wanted of it, attributes and relationships together. */
export type FieldSets = ReadonlyMap<string, ReadonlySet<string>>;
export const ALL_FIELDS: FieldSets = new Map();

/** What every document may be asked for. */
export interface DocumentParameters {
  /** Undefined when the parameter was not sent: then the document has no `included`. */
  readonly include: IncludeTree | undefined;
  readonly fields: FieldSets;
}

export interface ListParameters<F extends Filters, S extends string> extends DocumentParameters {
  readonly filter: FilterValues<F>;
  readonly sort: readonly SortKey<S>[];
  readonly page: PageParameters;
}

/**
 * Reads parameters by family, in the order of the families here; whatever is left is unknown. All faults come back at
 * once in one `parameter_invalid` or `parameter_unknown` error.
 */
export class QueryReader {
  private readonly groups = new Map<string, Parameter[]>();
  private readonly faults: InputFault[];

  constructor(
    url: string,
    private readonly resources: Resources,
  ) {
    const { parameters, faults } = readParameters(url);
    this.faults = [...faults];
    for (const parameter of parameters) {
      const group = this.groups.get(parameter.base);
      if (group === undefined) this.groups.set(parameter.base, [parameter]);
      else group.push(parameter);
    }
  }

  /** `roots` are the types the primary data may have; none where nothing can be included. */
  document(roots: readonly Resource[]): DocumentParameters {
    return { include: this.include(roots), fields: this.fields() };
  }

  /** Of one resource that is worked out for these filters. */
  filtered<F extends Filters>(resource: Resource<never, F>): DocumentParameters & { readonly filter: FilterValues<F> } {
    const filter = readFilters(resource.filters, this.take('filter'));
    this.faults.push(...filter.faults);
    return { ...this.document([resource as never as Resource]), filter: filter.value };
  }

  list<Row, F extends Filters, S extends string>(resource: Resource<Row, F, S>): ListParameters<F, S> {
    const filter = readFilters(resource.filters, this.take('filter'));
    const sort = readSort(resource, this.scalar('sort'));
    const page = readPage(resource.page, this.take('page'));
    this.faults.push(...filter.faults, ...sort.faults, ...page.faults);
    return { ...this.document([resource]), filter: filter.value, sort: sort.value, page: page.value };
  }

  /** Throws when anything was wrong or is left unread. */
  finish(): void {
    for (const group of this.groups.values()) for (const { name } of group) this.faults.push(unread(name));
    const [first] = this.faults;
    if (first !== undefined) throw new DomainError(first.code ?? 'parameter_invalid', { faults: this.faults });
  }

  private include(roots: readonly Resource[]): IncludeTree | undefined {
    const text = this.scalar('include');
    if (text === undefined) return undefined;
    const { tree, faults } = parseInclude(text, roots, this.resources);
    if (roots.every(({ relationships }) => relationships.length === 0))
      this.faults.push(parameterFault('include', 'is not supported here'));
    else this.faults.push(...faults);
    return tree;
  }

  private fields(): FieldSets {
    const sets = new Map<string, ReadonlySet<string>>();
    for (const { name, keys, value } of this.take('fields')) {
      const resource = keys.length === 1 ? this.resources.find(keys[0] as string) : undefined;
      const names = value === '' ? [] : value.split(',');
      const unknown = names.find((each) => resource?.fieldNames.has(each) !== true);
      if (resource === undefined) this.faults.push(parameterFault(name, 'does not name a resource type'));
      else if (sets.has(resource.type)) this.faults.push(parameterFault(name, 'must not be repeated'));
      else if (unknown !== undefined)
        this.faults.push(
          parameterFault(name, `names the field "${unknown.slice(0, 100)}", which ${resource.type} do not have`),
        );
      else sets.set(resource.type, new Set(names));
    }
    return sets;
  }

  /** A parameter without brackets. */
  private scalar(base: string): string | undefined {
    const [first, ...rest] = this.take(base);
    for (const each of [first, ...rest])
      if (each !== undefined && each.keys.length > 0) this.faults.push(unread(each.name));
    return first?.keys.length === 0 ? first.value : rest.find(({ keys }) => keys.length === 0)?.value;
  }

  private take(base: string): readonly Parameter[] {
    const group = this.groups.get(base) ?? [];
    this.groups.delete(base);
    return group;
  }
}

const ELSEWHERE: readonly string[] = ['include', 'fields', 'sort', 'filter', 'page'];

function unread(name: string): InputFault {
  const known = ELSEWHERE.includes(name.split('[', 1)[0] ?? '');
  const code: ErrorCode = name === 'sort' ? 'sort_unsupported' : 'parameter_unknown';
  return parameterFault(name, known ? 'is not supported here' : 'is not a known parameter', { code });
}
