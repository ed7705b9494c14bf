import { DomainError, type ErrorCode, isDomainError } from '../common/errors';
import { attributeFault, type DtoClass, readAttributes } from './request-attributes';
import { bodyFault, primaryResource } from './request-document';
import { readRelationships, type SentLinkage } from './request-relationships';
import type { Identifier, Resource } from './resource';
import type { Resources } from './resources';

/** A checked resource object from a request, and how to point back into it. */
export class RequestBody<T> {
  constructor(
    private readonly document: unknown,
    readonly attributes: T,
    private readonly relationships: ReadonlyMap<string, SentLinkage>,
    private readonly spellings: ReadonlyMap<string, string>,
  ) {}

  /** Undefined when the relationship was not sent, null when it shall be empty. */
  toOne(name: string): Identifier | null | undefined {
    return this.relationships.get(name) as Identifier | null | undefined;
  }

  toMany(name: string): readonly Identifier[] | undefined {
    return this.relationships.get(name) as readonly Identifier[] | undefined;
  }

  /** Tells `null` from absent, which keeps its value. */
  has(attribute: string): boolean {
    return this.spellings.has(attribute);
  }

  /** A condition of the catalogue about one attribute, as 422 with its pointer. */
  refusal(code: ErrorCode, attribute: string, detail: string): DomainError {
    return this.refusals([{ code, attribute, detail }]);
  }

  /** Several at once, at least one, each about an attribute, one element of a list or one member. The first gives the error its name. */
  refusals(conditions: readonly { readonly code: ErrorCode; readonly attribute: string; readonly index?: number | string; readonly detail: string }[]): DomainError {
    const faults = conditions.map(({ code, attribute, index, detail }) => ({ ...attributeFault(this.document, [this.spelling(attribute), ...(index === undefined ? [] : [index])], detail, code), path: '' }));
    return new DomainError(faults[0]?.code ?? 'attributes_invalid', { status: 422, faults });
  }

  /** Attributes missing together or contradicting each other: one fault each. */
  invalid(messages: Readonly<Record<string, string>>): DomainError {
    const faults = Object.entries(messages).map(([attribute, message]) => attributeFault(this.document, [this.spelling(attribute)], message));
    return new DomainError('attributes_invalid', { faults });
  }

  /** 404: the resource that a relationship names does not exist, or belongs to somebody else. */
  relatedNotFound(relationship: string, index?: number): DomainError {
    const keys = ['data', 'relationships', this.relationshipSpelling(relationship), 'data', ...(index === undefined ? [] : [index]), 'id'];
    return new DomainError('related_resource_not_found', { faults: [{ ...bodyFault(this.document, keys, 'does not exist'), path: relationship }] });
  }

  /**
   * Runs a service call; conditions named here become 422 about their attribute. Other families answer the same
   * conditions with statuses of their own.
   */
  async blaming<R>(attributes: Partial<Readonly<Record<ErrorCode, string>>>, call: () => Promise<R>): Promise<R> {
    try {
      return await call();
    } catch (error) {
      const attribute = isDomainError(error) ? attributes[error.code] : undefined;
      if (attribute === undefined || !isDomainError(error)) throw error;
      throw this.refusal(error.code, attribute, error.faults[0]?.message ?? error.message);
    }
  }

  private spelling(attribute: string): string {
    return this.spellings.get(attribute) ?? attribute;
  }

  private relationshipSpelling(name: string): string {
    return this.spellings.get(`relationship ${name}`) ?? name;
  }
}

/** POST when `id` is undefined, PATCH otherwise. Throws 400, 403, 409 for the document and 422 for its attributes. */
export function readBody<T extends object>(document: unknown, resource: Resource, resources: Resources, dtoClass: DtoClass<T>, id: string | undefined): RequestBody<T> {
  const data = primaryResource(document, resource, id);
  const relationships = readRelationships(document, data, resource, resources, id === undefined);
  const { dto, faults, spellings } = readAttributes(document, data, resource, dtoClass);
  if (faults.length > 0) throw new DomainError('attributes_invalid', { faults });
  const sent = Object.keys((data['relationships'] ?? {}) as object).map((name) => [`relationship ${resource.aliases.get(name) ?? name}`, name] as const);
  return new RequestBody(document, dto, relationships, new Map([...spellings, ...sent]));
}
