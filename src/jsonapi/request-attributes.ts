import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from '../http/validators';
import { constraintMessage } from '../common/constraint-message';
import type { InputFault } from '../common/errors';
import { forgetNestedNulls, forgetNulls, keepSent, nestedLists } from '../common/sent-value';
import { bodyFault, type JsonObject } from './request-document';
import type { Resource } from './resource';
import type { ToldResource } from './told-resource';

export type DtoClass<T> = new () => T;

/** Names that smell of money or state: one that no dto asks for is refused, so that no client believes it took effect. */
const DECIDED_BY_SERVER =
  /(^|_)id$|_at$|^type$|(status|state|amount|balance|fee|fees|price|total|paid|received|approved|approvedBy|issuer|destination|memo|count)$/i;
const CAMEL_DECIDED = /[a-z](Id|At)$/;

export interface ReadAttributes<T> {
  readonly dto: T;
  readonly faults: readonly InputFault[];
  /** Canonical names of the attributes at fault, absent ones too. */
  readonly faulty: ReadonlySet<string>;
  /** Canonical name -> the spelling sent. */
  readonly spellings: ReadonlyMap<string, string>;
}

interface Sent {
  readonly document: unknown;
  readonly data: JsonObject;
  /** Of a resource that is changed. */
  readonly told: ToldResource | undefined;
}

/**
 * Attributes -> an instance of the dto class, every fault with its pointer. In a new resource null is absent. In a change an
 * attribute equal to the present one is not a change: the whole resource may be sent back. `@`-members are not attributes.
 * Unknown ones are ignored unless only the server decides them. Attributes at fault are not in the dto.
 */
export function readAttributes<T extends object>(
  { document, data, told }: Sent,
  resource: Resource,
  dtoClass: DtoClass<T>,
): ReadAttributes<T> {
  const { spellings, values, faults } = namedAttributes(document, data, resource);
  const dto = keepSent(plainToInstance(dtoClass, values, { enableImplicitConversion: false }), values) as T;
  if (told === undefined) forgetNulls(dto);
  else forgetNestedNulls(dto);
  const errors = validateSync(dto, { whitelist: true, forbidUnknownValues: false, validationError: { target: false } });
  const faulty = new Set<string>();
  const known = new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(dtoClass, '', false, false)
      .map(({ propertyName }) => propertyName),
  );
  for (const [name, spelling] of spellings) {
    if (known.has(name) || !isDecidedByServer(name, resource) || isToldAgain(name, values[name], told)) continue;
    faulty.add(name);
    faults.push(
      attributeFault(
        document,
        [spelling],
        told === undefined
          ? 'is decided by the server and must not be sent'
          : 'is decided by the server: send what it tells, or nothing',
      ),
    );
  }
  for (const error of errors) {
    if (told?.tells(error.property, values[error.property]) === true) continue;
    faulty.add(error.property);
    faults.push(...flatten(document, error, [spellings.get(error.property) ?? error.property]));
  }
  for (const { property } of errors) delete (dto as Record<string, unknown>)[property];
  for (const [first, ...rest] of nestedLists(dto)) {
    faults.push(
      attributeFault(
        document,
        [spellings.get(String(first)) ?? String(first), ...rest],
        'must not be a list inside a list',
      ),
    );
    faulty.add(String(first));
    delete (dto as Record<string, unknown>)[String(first)];
  }
  return { dto, faults, faulty, spellings };
}

/** The attributes sent, by their canonical names. */
function namedAttributes(
  document: unknown,
  data: JsonObject,
  resource: Resource,
): {
  readonly spellings: Map<string, string>;
  readonly values: Record<string, unknown>;
  readonly faults: InputFault[];
} {
  const spellings = new Map<string, string>();
  const values: Record<string, unknown> = {};
  const faults: InputFault[] = [];
  for (const [spelling, value] of Object.entries((data['attributes'] ?? {}) as JsonObject)) {
    if (spelling.startsWith('@')) continue;
    const name = resource.aliases.get(spelling) ?? spelling;
    if (spellings.has(name))
      faults.push(attributeFault(document, [spelling], `is sent twice, as ${String(spellings.get(name))} too`));
    spellings.set(name, spelling);
    values[name] = value;
  }
  return { spellings, values, faults };
}

/** Clients that know no difference send a relationship that is empty back among the attributes. */
function isToldAgain(name: string, sent: unknown, told: ToldResource | undefined): boolean {
  return told !== undefined && (told.tells(name, sent) || told.linksOnly(name, sent));
}

function isDecidedByServer(name: string, resource: Resource): boolean {
  return resource.fieldNames.has(name) || DECIDED_BY_SERVER.test(name) || CAMEL_DECIDED.test(name);
}

/** `path` starts with the attribute as it was spelled; `meta` names it for clients that do not read pointers (spraypaint). */
export function attributeFault(
  document: unknown,
  path: readonly (string | number)[],
  message: string,
  code: InputFault['code'] = 'attributes_invalid',
): InputFault {
  return {
    ...bodyFault(document, ['data', 'attributes', ...path], message, code),
    path: path.join('.'),
    meta: { attribute: String(path[0]), message },
  };
}

function flatten(document: unknown, error: ValidationError, path: readonly string[]): readonly InputFault[] {
  const message = constraintMessage(error);
  const own = message === undefined ? [] : [attributeFault(document, path, message)];
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(document, child, [...path, child.property]))];
}
