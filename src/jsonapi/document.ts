import type { Compound, TypedRow } from './compound';
import { DocumentBytes, linkageText, valueText } from './json-text';
import type { PageLinks } from './page';
import type { FieldSets } from './query';
import type { Attribute, JsonValue, Linkage, Relationship, Resource } from './resource';

/** What surrounds the data of a document. */
export interface Frame {
  /** Origin and prefix of the API, without a slash at the end. */
  readonly baseUrl: string;
  /** The address that produced the document. */
  readonly self: string;
  /** Media type of the document when a profile is applied. */
  readonly profiled?: { readonly profiles: readonly string[]; readonly contentType: string } | undefined;
  readonly related?: string;
  readonly page?: PageLinks;
  readonly meta?: Readonly<Record<string, JsonValue>> | undefined;
}

/** The text up to a member's value, as the first of its object and after others. */
interface Opening {
  readonly first: string;
  readonly next: string;
}

/** One type's share of a document: what sparse fieldsets leave, with every constant piece of text made once. */
interface Plan {
  readonly head: string;
  readonly collection: string;
  readonly attributes: readonly (Opening & { readonly attribute: Attribute<unknown> })[];
  readonly relationships: readonly RelationshipPlan[];
}

/** `first|next self toSelf self toData linkage`, or `first|next self toSelf self toEnd` where the linkage is unknown. */
interface RelationshipPlan extends Opening {
  readonly relationship: Relationship<unknown>;
  readonly toSelf: string;
  readonly toData: string;
  readonly toEnd: string;
}

const URL_SAFE = /^[\w-]+$/;

/** Writes documents straight to their bytes, resource by resource; only declared attributes have a way in. */
export class DocumentWriter {
  private readonly plans = new Map<string, Plan>();
  private readonly bytes = new DocumentBytes();

  constructor(
    private readonly frame: Frame,
    private readonly fields: FieldSets,
    private readonly compound: Compound | undefined,
  ) {}

  /** Null: the address may hold a resource and holds none now. */
  one(row: TypedRow | null): Buffer {
    return this.document(() => this.bytes.add(row === null ? 'null' : this.resource(row)));
  }

  many(rows: readonly TypedRow[]): Buffer {
    return this.document(() => this.list(rows));
  }

  linkage(linkage: Exclude<Linkage, undefined>): Buffer {
    return this.document(() => this.bytes.add(linkageText(linkage)));
  }

  meta(): Buffer {
    return this.document(undefined);
  }

  private document(data: (() => void) | undefined): Buffer {
    const { frame, bytes } = this;
    const profile = frame.profiled === undefined ? '' : `,"profile":${JSON.stringify(frame.profiled.profiles)}`;
    bytes.add(`{"jsonapi":{"version":"1.1"${profile}},"links":${JSON.stringify(frameLinks(frame))}`);
    if (data !== undefined) {
      bytes.add(',"data":');
      data();
    }
    if (this.compound !== undefined) {
      bytes.add(',"included":');
      this.list(this.compound.included);
    }
    bytes.add(frame.meta === undefined && data !== undefined ? '}' : `,"meta":${JSON.stringify(frame.meta ?? {})}}`);
    return bytes.end();
  }

  private list(rows: readonly TypedRow[]): void {
    rows.forEach((row, index) => this.bytes.add(`${index === 0 ? '[' : ','}${this.resource(row)}`));
    this.bytes.add(rows.length === 0 ? '[]' : ']');
  }

  private resource(owner: TypedRow): string {
    const { resource, row } = owner;
    const plan = this.plans.get(resource.type) ?? this.plan(resource);
    const id = resource.id(row);
    const self = plan.collection + (URL_SAFE.test(id) ? id : encodeURIComponent(id));
    let text = plan.head + valueText(id);
    let opened = false;
    for (const { first, next, attribute } of plan.attributes) {
      if (attribute.has?.(row) === false) continue;
      text += (opened ? next : first) + valueText(attribute.read(row));
      opened = true;
    }
    if (opened) text += '}';
    opened = false;
    for (const each of plan.relationships) {
      if (each.relationship.has?.(row) === false) continue;
      text += (opened ? each.next : each.first) + this.relationship(owner, each, self);
      opened = true;
    }
    if (opened) text += '}';
    return `${text},"links":{"self":"${self}"}}`;
  }

  private relationship(
    owner: TypedRow,
    { relationship, toSelf, toData, toEnd }: RelationshipPlan,
    self: string,
  ): string {
    const linkage =
      this.compound === undefined ? relationship.linkage?.(owner.row) : this.compound.linkage(owner, relationship);
    const start = relationship.links === false ? '' : self + toSelf + self;
    return linkage === undefined ? start + toEnd : `${start}${toData}${linkageText(linkage)}}`;
  }

  private plan(resource: Resource): Plan {
    const wanted = this.fields.get(resource.type);
    const isWanted = ({ name }: { name: string }): boolean => wanted === undefined || wanted.has(name);
    const opening = (member: string, name: string, value = ''): Opening => ({
      first: `,"${member}":{"${name}":${value}`,
      next: `,"${name}":${value}`,
    });
    const plan = {
      head: `{"type":"${resource.type}","id":`,
      collection: `${this.frame.baseUrl}/${resource.path}/`,
      attributes: resource.attributes
        .filter(isWanted)
        .map((attribute) => ({ ...opening('attributes', attribute.name), attribute })),
      relationships: resource.relationships.filter(isWanted).map((each) => ({
        ...opening('relationships', each.name, each.links === false ? '{' : '{"links":{"self":"'),
        ...relationshipPlan(each),
      })),
    };
    this.plans.set(resource.type, plan);
    return plan;
  }
}

function relationshipPlan(relationship: Relationship<unknown>): Omit<RelationshipPlan, keyof Opening> {
  const { name } = relationship;
  if (relationship.links === false) return { relationship, toSelf: '', toData: '"data":', toEnd: '"meta":{}}' };
  const related = `/${name}"}`;
  return {
    relationship,
    toSelf: `/relationships/${name}","related":"`,
    toData: `${related},"data":`,
    toEnd: `${related}}`,
  };
}

function frameLinks({ self, related, profiled, page }: Frame): Record<string, unknown> {
  return {
    self: profiled === undefined ? self : { href: self, type: profiled.contentType },
    ...(related === undefined ? {} : { related }),
    ...(page === undefined ? {} : { prev: page.prev, next: page.next }),
  };
}
