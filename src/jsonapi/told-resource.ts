import { sameValue } from '../common/sent-value';
import type { Identifier, JsonValue, Linkage, Resource } from './resource';
import type { Resources } from './resources';

interface Links {
  readonly self: string;
  readonly related: string;
}

/** What a resource shows at this moment: clients send back the whole of what they read. */
export class ToldResource {
  private readonly attributes: ReadonlyMap<string, JsonValue>;

  constructor(
    private readonly resource: Resource,
    private readonly row: unknown,
    private readonly resources: Resources,
    /** Address of the resource. */
    private readonly self: string,
  ) {
    this.attributes = new Map(
      resource.attributes.filter((each) => each.has?.(row) !== false).map((each) => [each.name, each.read(row)]),
    );
  }

  tells(attribute: string, sent: unknown): boolean {
    return this.attributes.has(attribute) && sameValue(sent, this.attributes.get(attribute));
  }

  /** True for a relationship that is sent back with its own links and says nothing of what it leads to. */
  linksOnly(name: string, sent: unknown): boolean {
    if (!isObject(sent) || Object.hasOwn(sent, 'data') || !isObject(sent['links'])) return false;
    const { self, related } = this.linksOf(name);
    return Object.entries(sent['links']).every(
      ([link, value]) => (link === 'self' && value === self) || (link === 'related' && value === related),
    );
  }

  /** True when linkage is the present one, in any order. Clients turn linkage that is only served in pages into an empty list: it changes nothing. */
  leadsTo(name: string, sent: unknown): boolean {
    const relationship = this.resource.relationships.find((each) => each.name === name);
    const present: Linkage = relationship?.linkage?.(this.row);
    if (present === undefined) return relationship?.paged === true && Array.isArray(sent) && sent.length === 0;
    if (present === null || !isList(present))
      return present === null ? sent === null : this.isIdentifier(sent, present);
    return (
      Array.isArray(sent) &&
      sent.length === present.length &&
      present.every((each) => sent.some((other) => this.isIdentifier(other, each)))
    );
  }

  private isIdentifier(sent: unknown, { type, id }: Identifier): boolean {
    return (
      isObject(sent) &&
      typeof sent['type'] === 'string' &&
      this.resources.of(type).types.has(sent['type']) &&
      sent['id'] === id
    );
  }

  private linksOf(name: string): Links {
    return { self: `${this.self}/relationships/${name}`, related: `${this.self}/${name}` };
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(linkage: Identifier | readonly Identifier[]): linkage is readonly Identifier[] {
  return Array.isArray(linkage);
}
