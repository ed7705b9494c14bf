import { DomainError, type ErrorCode, type InputFault, isDomainError } from '../common/errors';
import { attributeFault, type DtoClass, readAttributes } from './request-attributes';
import { bodyFault, primaryResource } from './request-document';
import { readRelationships, type SentLinkage } from './request-relationships';
import type { Identifier, Resource } from './resource';
import type { Resources } from './resources';
import type { ToldResource } from './told-resource';

/** What is wrong with an attribute, one element of a list or one member. */
interface Condition {
  readonly code: ErrorCode;
  readonly attribute: string;
  readonly index?: number | string;
  readonly detail: string;
}

/** Which attribute each condition is about. */
export type Blamed = Partial<Readonly<Record<ErrorCode, string>>>;

/** The attributes that a rule reads, and the rule, which throws a DomainError. */
export type Rule<T> = readonly [readonly (keyof T & string)[], () => unknown];

/** A checked resource object from a request, and how to point back into it. */
export class RequestBody<T> {
  constructor(
    private readonly document: unknown,
    /** Without those at fault. */
    readonly attributes: T,
    private readonly relationships: ReadonlyMap<string, SentLinkage>,
    private readonly spellings: ReadonlyMap<string, string>,
    private readonly faults: readonly InputFault[],
    /** Names of the attributes at fault, absent ones too: nothing can be said about what follows from them. */
    readonly faulty: ReadonlySet<string>,
  ) {}

  /** False when something was wrong with an attribute already. */
  get isSound(): boolean {
    return this.faults.length === 0;
  }

  /** Throws `attributes_invalid` when an attribute has not the shape it must have. */
  assertShapes(): void {
    if (!this.isSound) throw new DomainError('attributes_invalid', { faults: this.faults });
  }

  /**
   * Runs every rule whose attributes are sound, and throws at once what is wrong with the shapes and what the rules
   * refuse. Conditions named in `blamed` are about their attribute; anything else that a rule throws is thrown as it is.
   */
  async assertAll(blamed: Blamed, rules: readonly Rule<T>[]): Promise<void> {
    const found = [...this.faults];
    const others: DomainError[] = [];
    for (const [needs, check] of rules) {
      if (needs.some((name) => this.faulty.has(name))) continue;
      try {
        await check();
      } catch (error) {
        if (!isDomainError(error)) throw error;
        const attribute = blamed[error.code];
        const faults =
          attribute !== undefined
            ? this.conditions([{ code: error.code, attribute, detail: error.faults[0]?.message ?? error.message }])
                .faults
            : error.faults;
        // An error that is not a fault of an attribute waits until there is no such fault.
        if (error.status !== 422 && attribute === undefined) others.push(error);
        else if (faults.length === 0 && attribute === undefined && this.isSound) throw error;
        else
          found.push(
            ...faults.filter(
              ({ pointer, message }) => !found.some((each) => each.pointer === pointer && each.message === message),
            ),
          );
      }
    }
    if (found.length > 0) throw new DomainError(found[0]?.code ?? 'attributes_invalid', { status: 422, faults: found });
    if (others[0] !== undefined) throw others[0];
  }

  /** Undefined when the relationship was not sent, null when it shall be empty. */
  toOne(name: string): Identifier | null | undefined {
    return this.relationships.get(name) as Identifier | null | undefined;
  }

  toMany(name: string): readonly Identifier[] | undefined {
    return this.relationships.get(name) as readonly Identifier[] | undefined;
  }

  /** Distinguishes `null` from absent, which keeps its value. */
  has(attribute: string): boolean {
    return Object.hasOwn(this.attributes as object, attribute);
  }

  /** A condition of the catalogue about one attribute, as 422 with its pointer. */
  refusal(code: ErrorCode, attribute: string, detail: string): DomainError {
    return this.refusals([{ code, attribute, detail }]);
  }

  /** Several at once, with what is wrong with the shapes, each about an attribute, one element of a list or one member. The first gives the error its name. */
  refusals(conditions: readonly Condition[]): DomainError {
    const faults = [...this.faults, ...this.conditions(conditions).faults];
    return new DomainError(faults[0]?.code ?? 'attributes_invalid', { status: 422, faults });
  }

  /** The same without the shapes: what a rule throws. Attributes at fault are not reported again. */
  conditions(conditions: readonly Condition[]): DomainError {
    const faults = conditions
      .filter(({ attribute }) => !this.faulty.has(attribute))
      .map(({ code, attribute, index, detail }) => ({
        ...attributeFault(
          this.document,
          [this.spelling(attribute), ...(index === undefined ? [] : [index])],
          detail,
          code,
        ),
        path: '',
      }));
    return new DomainError(faults[0]?.code ?? 'attributes_invalid', { status: 422, faults });
  }

  /** Attributes missing together or contradicting each other: one fault each. */
  invalid(messages: Readonly<Record<string, string>>): DomainError {
    const faults = Object.entries(messages).map(([attribute, message]) =>
      attributeFault(this.document, [this.spelling(attribute)], message),
    );
    return new DomainError('attributes_invalid', { faults });
  }

  /** 404: the resource that a relationship names does not exist, or belongs to another merchant. */
  relatedNotFound(relationship: string, index?: number): DomainError {
    const keys = [
      'data',
      'relationships',
      this.relationshipSpelling(relationship),
      'data',
      ...(index === undefined ? [] : [index]),
      'id',
    ];
    return new DomainError('related_resource_not_found', {
      faults: [{ ...bodyFault(this.document, keys, 'does not exist'), path: relationship }],
    });
  }

  /**
   * Runs a service call; conditions named here become 422 about their attribute. Other families answer the same
   * conditions with statuses of their own.
   */
  async blaming<R>(attributes: Blamed, call: () => Promise<R>): Promise<R> {
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

const NO_RELATIONSHIPS: ReadonlyMap<string, SentLinkage> = new Map();

/** What a PATCH is about. */
interface Changed {
  readonly id: string;
  readonly told: ToldResource;
}

/** POST when nothing is `changed`, PATCH otherwise. Throws 400, 403, 409 for the document; what is wrong with attributes is kept. */
export function readBody<T extends object>(
  document: unknown,
  resource: Resource,
  resources: Resources,
  dtoClass: DtoClass<T>,
  changed?: Changed,
): RequestBody<T> {
  const data = primaryResource(document, resource, changed?.id);
  const relationships =
    data['relationships'] === undefined
      ? NO_RELATIONSHIPS
      : readRelationships({ document, resources, told: changed?.told }, data, resource);
  const { dto, faults, faulty, spellings } = readAttributes(
    { document, data, told: changed?.told },
    resource,
    dtoClass,
  );
  const sent = Object.keys((data['relationships'] ?? {}) as object).map(
    (name) => [`relationship ${resource.aliases.get(name) ?? name}`, name] as const,
  );
  return new RequestBody(document, dto, relationships, new Map([...spellings, ...sent]), faults, faulty);
}
