import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { constraintMessage } from '../common/constraint-message';
import type { InputFault } from '../common/errors';
import { bodyFault, type JsonObject } from './request-document';
import type { Resource } from './resource';

export type DtoClass<T> = new () => T;

/** Names that smell of money or state: one that no dto asks for is refused, so that nobody believes it was heard. */
const DECIDED_BY_SERVER = /(^|_)id$|_at$|^type$|(status|state|amount|balance|fee|fees|price|total|paid|received|approved|approvedBy|issuer|destination|memo|count)$/i;
const CAMEL_DECIDED = /[a-z](Id|At)$/;

export interface ReadAttributes<T> {
  readonly dto: T;
  readonly faults: readonly InputFault[];
  /** Canonical name -> the spelling sent. */
  readonly spellings: ReadonlyMap<string, string>;
}

/**
 * Attributes -> an instance of the dto class, every fault with its pointer. `@`-members are not attributes; unknown
 * ones are ignored unless they are what the server itself decides.
 */
export function readAttributes<T extends object>(document: unknown, data: JsonObject, resource: Resource, dtoClass: DtoClass<T>): ReadAttributes<T> {
  const spellings = new Map<string, string>();
  const values: Record<string, unknown> = {};
  const faults: InputFault[] = [];
  for (const [spelling, value] of Object.entries((data['attributes'] ?? {}) as JsonObject)) {
    if (spelling.startsWith('@')) continue;
    const name = resource.aliases.get(spelling) ?? spelling;
    if (spellings.has(name)) faults.push(attributeFault(document, [spelling], `is sent twice, as ${String(spellings.get(name))} too`));
    spellings.set(name, spelling);
    values[name] = value;
  }
  const dto = plainToInstance(dtoClass, values, { enableImplicitConversion: false });
  const errors = validateSync(dto, { whitelist: true, forbidUnknownValues: false, validationError: { target: false } });
  const known = new Set([...Object.keys(dto), ...errors.map(({ property }) => property)]);
  for (const [name, spelling] of spellings) {
    if (!known.has(name) && isDecidedByServer(name, resource)) faults.push(attributeFault(document, [spelling], 'is decided by the server and must not be sent'));
  }
  for (const error of errors) faults.push(...flatten(document, error, [spellings.get(error.property) ?? error.property]));
  return { dto, faults, spellings };
}

function isDecidedByServer(name: string, resource: Resource): boolean {
  return resource.fieldNames.has(name) || DECIDED_BY_SERVER.test(name) || CAMEL_DECIDED.test(name);
}

/** `path` starts with the attribute as it was spelled; `meta` tells it to clients that do not read pointers (spraypaint). */
export function attributeFault(document: unknown, path: readonly (string | number)[], message: string, code: InputFault['code'] = 'attributes_invalid'): InputFault {
  return { ...bodyFault(document, ['data', 'attributes', ...path], message, code), path: path.join('.'), meta: { attribute: String(path[0]), message } };
}

function flatten(document: unknown, error: ValidationError, path: readonly string[]): readonly InputFault[] {
  const message = constraintMessage(error);
  const own = message === undefined ? [] : [attributeFault(document, path, message)];
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(document, child, [...path, child.property]))];
}
