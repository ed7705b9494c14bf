import type { Compound, TypedRow } from './compound';
import { linkageText, valueText } from './json-text';
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

/** Writes documents straight to text, in pieces that are joined once; only declared attributes have a way in. */
export class DocumentWriter {
  private readonly plans = new Map<string, Plan>();
  private readonly pieces: string[] = [];

  constructor(
    private readonly frame: Frame,
    private readonly fields: FieldSets,
    private readonly compound: Compound | undefined,
  ) {}

  /** Null: the address may hold a resource and holds none now. */
  one(row: TypedRow | null): string {
    return this.document(() => (row === null ? this.pieces.push('null') : this.resource(row)));
  }

  many(rows: readonly TypedRow[]): string {
    return this.document(() => this.list(rows));
  }

  linkage(linkage: Exclude<Linkage, undefined>): string {
    return this.document(() => this.pieces.push(linkageText(linkage)));
  }

  meta(): string {
    return this.document(undefined);
  }

  private document(data: (() => void) | undefined): string {
    const { frame, pieces } = this;
    const profile = frame.profiled === undefined ? '' : `,"profile":${JSON.stringify(frame.profiled.profiles)}`;
    pieces.push(`{"jsonapi":{"version":"1.1"${profile}},"links":`, JSON.stringify(frameLinks(frame)));
    if (data !== undefined) {
      pieces.push(',"data":');
      data();
    }
    if (this.compound !== undefined) {
      pieces.push(',"included":');
      this.list(this.compound.included);
    }
    if (frame.meta !== undefined || data === undefined) pieces.push(',"meta":', JSON.stringify(frame.meta ?? {}));
    pieces.push('}');
    return pieces.join('');
  }

  private list(rows: readonly TypedRow[]): void {
    let separator = '[';
    for (const row of rows) {
      this.pieces.push(separator);
      this.resource(row);
      separator = ',';
    }
    this.pieces.push(rows.length === 0 ? '[]' : ']');
  }

  private resource(owner: TypedRow): void {
    const { resource, row } = owner;
    const { pieces } = this;
    const plan = this.plans.get(resource.type) ?? this.plan(resource);
    const id = resource.id(row);
    const self = plan.collection + (URL_SAFE.test(id) ? id : encodeURIComponent(id));
    pieces.push(plan.head, valueText(id));
    let opened = false;
    for (const { first, next, attribute } of plan.attributes) {
      if (attribute.has?.(row) === false) continue;
      pieces.push(opened ? next : first, valueText(attribute.read(row)));
      opened = true;
    }
    if (opened) pieces.push('}');
    opened = false;
    for (const each of plan.relationships) {
      if (each.relationship.has?.(row) === false) continue;
      pieces.push(opened ? each.next : each.first);
      this.relationship(owner, each, self);
      opened = true;
    }
    if (opened) pieces.push('}');
    pieces.push(',"links":{"self":"', self, '"}}');
  }

  private relationship(owner: TypedRow, { relationship, toSelf, toData, toEnd }: RelationshipPlan, self: string): void {
    const linkage = this.compound === undefined ? relationship.linkage?.(owner.row) : this.compound.linkage(owner, relationship);
    const { pieces } = this;
    if (relationship.links !== false) pieces.push(self, toSelf, self);
    if (linkage === undefined) pieces.push(toEnd);
    else pieces.push(toData, linkageText(linkage), '}');
  }

  private plan(resource: Resource): Plan {
    const wanted = this.fields.get(resource.type);
    const isWanted = ({ name }: { name: string }): boolean => wanted === undefined || wanted.has(name);
    const opening = (member: string, name: string, value = ''): Opening => ({ first: `,"${member}":{"${name}":${value}`, next: `,"${name}":${value}` });
    const plan = {
      head: `{"type":"${resource.type}","id":`,
      collection: `${this.frame.baseUrl}/${resource.path}/`,
      attributes: resource.attributes.filter(isWanted).map((attribute) => ({ ...opening('attributes', attribute.name), attribute })),
      relationships: resource.relationships.filter(isWanted).map((each) => ({ ...opening('relationships', each.name, each.links === false ? '{' : '{"links":{"self":"'), ...relationshipPlan(each) })),
    };
    this.plans.set(resource.type, plan);
    return plan;
  }
}

function relationshipPlan(relationship: Relationship<unknown>): Omit<RelationshipPlan, keyof Opening> {
  const { name } = relationship;
  if (relationship.links === false) return { relationship, toSelf: '', toData: '"data":', toEnd: '"meta":{}}' };
  const related = `/${name}"}`;
  return { relationship, toSelf: `/relationships/${name}","related":"`, toData: `${related},"data":`, toEnd: `${related}}` };
}

function frameLinks({ self, related, profiled, page }: Frame): Record<string, unknown> {
  return {
    self: profiled === undefined ? self : { href: self, type: profiled.contentType },
    ...(related === undefined ? {} : { related }),
    ...(page === undefined ? {} : { prev: page.prev, next: page.next }),
  };
}
