import type { IncludeTree } from './include-tree';
import { loader, type Loaders } from './loaders';
import type { Identifier, Linkage, Relationship, Resource } from './resource';
import type { Resources } from './resources';

export interface TypedRow {
  readonly resource: Resource;
  readonly row: unknown;
}

/** The rows beside the primary ones, each once, and the linkage that only loading could find. */
export interface Compound {
  readonly included: readonly TypedRow[];
  linkage(owner: TypedRow, relationship: Relationship<unknown>): Linkage;
}

/** Walks an include tree level by level; every level costs one call per type, never one per row. */
export class CompoundLoader {
  /** Type -> id -> row already in the document, primary rows included, so that nothing is included or loaded twice. */
  private readonly known = new Map<string, Map<string, TypedRow>>();
  private readonly included: TypedRow[] = [];
  /** Relationship -> owner's id -> linkage. */
  private readonly children = new Map<Relationship<unknown>, Map<string, readonly Identifier[]>>();

  constructor(
    private readonly resources: Resources,
    private readonly loaders: Loaders,
  ) {}

  /** `told` is false where the primary data are identifiers only: their resources may then be included. */
  async load(primary: readonly TypedRow[], tree: IncludeTree, told = true): Promise<Compound> {
    if (told) for (const each of primary) this.ofType(each.resource.type).set(each.resource.id(each.row), each);
    await this.descend(primary, tree);
    return { included: this.included, linkage: (owner, relationship) => this.linkage(owner, relationship) };
  }

  /** The related rows of one owner, for its related address. */
  async related(
    owner: TypedRow,
    relationship: Relationship<unknown>,
  ): Promise<{ readonly linkage: Linkage; readonly rows: readonly TypedRow[] }> {
    await this.descend([owner], new Map([[relationship.name, new Map()]]));
    const linkage = this.linkage(owner, relationship);
    return { linkage, rows: identifiers(linkage).flatMap(({ type, id }) => this.ofType(type).get(id) ?? []) };
  }

  private linkage({ resource, row }: TypedRow, relationship: Relationship<unknown>): Linkage {
    if (relationship.linkage !== undefined) {
      const found = relationship.linkage(row);
      if (found !== undefined) return found;
    }
    const children = this.children.get(relationship)?.get(resource.id(row));
    return relationship.to === 'many' || children === undefined ? children : (children[0] ?? null);
  }

  private async descend(owners: readonly TypedRow[], tree: IncludeTree): Promise<void> {
    for (const [name, beyond] of tree) {
      const next = new Set<TypedRow>();
      for (const [resource, rows] of Map.groupBy(owners, (owner) => owner.resource)) {
        const relationship = resource.relationships.find((each) => each.name === name);
        if (relationship === undefined) continue;
        await (relationship.linkage === undefined
          ? this.loadChildren(resource, relationship, rows)
          : this.loadLinked(relationship, rows));
        if (beyond.size > 0) for (const row of this.reached(rows, relationship)) next.add(row);
      }
      if (next.size > 0) await this.descend([...next], beyond);
    }
  }

  private reached(owners: readonly TypedRow[], relationship: Relationship<unknown>): readonly TypedRow[] {
    return owners.flatMap((owner) =>
      identifiers(this.linkage(owner, relationship)).flatMap(({ type, id }) => this.ofType(type).get(id) ?? []),
    );
  }

  private async loadLinked(relationship: Relationship<unknown>, owners: readonly TypedRow[]): Promise<void> {
    const wanted = new Map<string, Set<string>>();
    for (const owner of owners) {
      for (const { type, id } of identifiers(relationship.linkage?.(owner.row))) {
        if (this.ofType(type).has(id)) continue;
        const ids = wanted.get(type) ?? new Set();
        wanted.set(type, ids.add(id));
      }
    }
    for (const [type, ids] of wanted) {
      for (const row of await loader(this.loaders.byId, type)([...ids])) this.add(this.resources.of(type), row);
    }
  }

  private async loadChildren(
    resource: Resource,
    relationship: Relationship<unknown>,
    owners: readonly TypedRow[],
  ): Promise<void> {
    const known = this.children.get(relationship) ?? new Map<string, readonly Identifier[]>();
    this.children.set(relationship, known);
    const ids = owners.map(({ row }) => resource.id(row)).filter((id) => !known.has(id));
    if (ids.length === 0) return;
    const found = await loader(this.loaders.children, `${resource.type}.${relationship.name}`)(ids);
    const target = this.resources.of(relationship.types[0] as string);
    for (const id of ids) {
      const rows = found.get(id) ?? [];
      known.set(
        id,
        rows.map((row) => ({ type: target.type, id: target.id(row) })),
      );
      for (const row of rows) this.add(target, row);
    }
  }

  private add(resource: Resource, row: unknown): void {
    const rows = this.ofType(resource.type);
    const id = resource.id(row);
    if (rows.has(id)) return;
    const typed = { resource, row };
    rows.set(id, typed);
    this.included.push(typed);
  }

  private ofType(type: string): Map<string, TypedRow> {
    const found = this.known.get(type);
    if (found !== undefined) return found;
    const made = new Map<string, TypedRow>();
    this.known.set(type, made);
    return made;
  }
}

function identifiers(linkage: Linkage): readonly Identifier[] {
  if (linkage === undefined || linkage === null) return [];
  return 'type' in linkage ? [linkage] : linkage;
}
