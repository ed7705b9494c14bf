import { DomainError, type InputFault } from '../common/errors';
import { bodyFault, identifierFault, isObject, type JsonObject, primaryData } from './request-document';
import type { Identifier, Relationship, Resource } from './resource';
import type { Resources } from './resources';
import type { ToldResource } from './told-resource';

/** Linkage that a client sent: to-one, or to-many. Types are the canonical ones. */
export type SentLinkage = Identifier | null | readonly Identifier[];

interface Body {
  readonly document: unknown;
  readonly resources: Resources;
  /** Of a resource that is changed: linkage equal to the present one is not a change. */
  readonly told?: ToldResource | undefined;
}

/**
 * The `relationships` of a resource object by canonical name; undeclared ones are ignored, and so is what a change says
 * again. Throws 400, 403 or 409.
 */
export function readRelationships(body: Body, data: JsonObject, resource: Resource): ReadonlyMap<string, SentLinkage> {
  const { document, told } = body;
  const sent = (data['relationships'] ?? {}) as JsonObject;
  const found = new Map<string, SentLinkage>();
  const faults: InputFault[] = [];
  for (const [spelling, value] of Object.entries(sent)) {
    const relationship = resource.relationships.find(
      ({ name }) => name === (resource.aliases.get(spelling) ?? spelling),
    );
    if (relationship === undefined) continue;
    const at = ['data', 'relationships', spelling];
    if (told?.linksOnly(relationship.name, value) === true) continue;
    if (!isWritable(relationship, told === undefined)) {
      if (isObject(value) && told?.leadsTo(relationship.name, value['data']) === true) continue;
      throw new DomainError('relationship_read_only', {
        faults: [bodyFault(document, at, 'cannot be changed', 'relationship_read_only')],
      });
    }
    if (!isObject(value) || value['data'] === undefined)
      faults.push(bodyFault(document, at, 'must be an object with a data member', 'malformed_document'));
    else {
      const linkage = readLinkageAt(body, [...at, 'data'], value['data'], relationship, faults);
      if (linkage !== undefined) found.set(relationship.name, linkage);
    }
  }
  throwFirst(faults);
  return found;
}

function isWritable({ writable }: Relationship<unknown>, isNew: boolean): boolean {
  return writable === true || (isNew && writable === 'once');
}

/** The body of a relationship address: linkage as primary data (JSON:API 1.1, "Updating Relationships"). */
export function readLinkage(document: unknown, relationship: Relationship<unknown>, resources: Resources): SentLinkage {
  const data = primaryData(document);
  if (relationship.writable !== true) throw new DomainError('relationship_read_only');
  const faults: InputFault[] = [];
  const linkage = readLinkageAt({ document, resources }, ['data'], data, relationship, faults);
  throwFirst(faults);
  return linkage ?? null;
}

/** Linkage at `at`; each fault is added to `faults`, and undefined returned when there is nothing to keep. */
function readLinkageAt(
  body: Body,
  at: readonly string[],
  value: unknown,
  relationship: Relationship<unknown>,
  faults: InputFault[],
): SentLinkage | undefined {
  const types = new Set(body.resources.targetsOf(relationship).flatMap((target) => [...target.types]));
  const identify = (each: unknown, keys: readonly (string | number)[]): Identifier | undefined => {
    const fault = identifierFault(each, types);
    if (fault !== undefined) {
      faults.push(bodyFault(body.document, [...keys, ...fault.keys], fault.message, fault.code));
      return undefined;
    }
    const { type, id } = each as Identifier;
    return { type: body.resources.find(type)?.type ?? type, id };
  };
  if (relationship.to === 'one') return value === null ? null : identify(value, at);
  if (Array.isArray(value)) return value.flatMap((each, index) => identify(each, [...at, index]) ?? []);
  faults.push(bodyFault(body.document, at, 'must be an array of resource identifier objects', 'malformed_document'));
  return undefined;
}

/** Faults of shape (400) go before conflicts (409): one answer has one status. */
function throwFirst(faults: readonly InputFault[]): void {
  const shapes = faults.filter(({ code }) => code === 'malformed_document');
  if (shapes.length > 0) throw new DomainError('malformed_document', { faults: shapes });
  if (faults.length > 0) throw new DomainError('resource_type_conflict', { faults });
}
