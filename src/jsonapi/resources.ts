import type { Relationship, Resource } from './resource';

/** Every resource type of one API. A type that is not here cannot be shown, included or named in a query. */
export class Resources {
  private readonly byType = new Map<string, Resource>();
  private readonly bySpelling = new Map<string, Resource>();

  /** Throws when two types share a spelling or a path, or a relationship leads to an unknown type. */
  constructor(resources: readonly Resource[]) {
    const paths = new Set<string>();
    for (const resource of resources) {
      for (const spelling of resource.types) {
        if (this.bySpelling.has(spelling)) throw new Error(`two resources are called ${spelling}`);
        this.bySpelling.set(spelling, resource);
      }
      if (paths.has(resource.path)) throw new Error(`two resources live at ${resource.path}`);
      paths.add(resource.path);
      this.byType.set(resource.type, resource);
    }
    for (const resource of resources)
      for (const relationship of resource.relationships) this.assertTargets(resource, relationship);
  }

  of(type: string): Resource {
    const found = this.byType.get(type);
    if (found === undefined) throw new Error(`there is no resource of type ${type}`);
    return found;
  }

  /** By a spelling that a request used. */
  find(spelling: string): Resource | undefined {
    return this.bySpelling.get(spelling);
  }

  targetsOf(relationship: Relationship<unknown>): readonly Resource[] {
    return relationship.types.map((type) => this.of(type));
  }

  private assertTargets(resource: Resource, relationship: Relationship<unknown>): void {
    const known = relationship.types.every((type) => this.byType.has(type));
    if (!known || relationship.types.length === 0)
      throw new Error(`${resource.type}.${relationship.name} leads to an unknown type`);
    if (relationship.linkage === undefined && relationship.types.length !== 1)
      throw new Error(`${resource.type}.${relationship.name} leads to several types and must know its linkage`);
  }
}
