import { DomainError, type ErrorCode, type InputFault } from '../common/errors';
import { NumberText } from '../common/number-text';
import { existingPointer } from './pointer';
import type { Resource } from './resource';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

/** One fault of the body sent; the pointer stops at the deepest member that is there. */
export function bodyFault(
  document: unknown,
  keys: readonly (string | number)[],
  message: string,
  code?: ErrorCode,
): InputFault {
  return {
    path: String(keys.at(-1) ?? ''),
    message,
    pointer: existingPointer(document, keys),
    ...(code === undefined ? {} : { code }),
  };
}

function refuse(
  document: unknown,
  keys: readonly (string | number)[],
  message: string,
  code: ErrorCode = 'malformed_document',
): never {
  throw new DomainError(code, { faults: [bodyFault(document, keys, message, code)] });
}

/** The `data` of a body; everything else at the top is ignored (JSON:API 1.1, "Document Structure"). */
export function primaryData(document: unknown): unknown {
  if (document === undefined)
    throw new DomainError('malformed_document', {
      faults: [
        {
          path: '',
          message: 'The request has no body: send a JSON:API document with a data member',
          pointer: '',
          code: 'malformed_document',
        },
      ],
    });
  if (!isObject(document)) return refuse(document, [], 'the body must be a JSON:API document with a data member');
  if (!Object.hasOwn(document, 'data')) return refuse(document, ['data'], 'the document must have a data member');
  return document['data'];
}

/**
 * The resource object of a POST (no `id`) or a PATCH (`id` is the one in the address). 400 for its shape, 409 for a
 * foreign type or id, 403 for an id that the client chose.
 */
export function primaryResource(document: unknown, resource: Resource, id: string | undefined): JsonObject {
  const data = primaryData(document);
  if (!isObject(data)) return refuse(document, ['data'], 'must be one resource object');
  if (typeof data['type'] !== 'string')
    return refuse(document, ['data', 'type'], 'the resource must have a type, a string');
  if (!resource.types.has(data['type']))
    return refuse(
      document,
      ['data', 'type'],
      `must be ${resource.type}, not ${JSON.stringify(data['type']).slice(0, 100)}`,
      'resource_type_conflict',
    );
  assertId(document, data, id);
  for (const member of ['attributes', 'relationships']) {
    if (data[member] !== undefined && !isObject(data[member]))
      return refuse(document, ['data', member], 'must be an object');
  }
  return data;
}

function assertId(document: unknown, data: JsonObject, id: string | undefined): void {
  if (id === undefined) {
    if (Object.hasOwn(data, 'id')) refuse(document, ['data', 'id'], 'is chosen by the server', 'client_id_refused');
    return;
  }
  if (typeof data['id'] !== 'string') refuse(document, ['data', 'id'], 'the resource must have its id, a string');
  if (data['id'] !== id) refuse(document, ['data', 'id'], 'is not the one in the address', 'resource_id_conflict');
}

/** A body that only repeats which resource is meant, as some clients send with DELETE. */
export function assertNamesResource(document: unknown, resource: Resource, id: string): void {
  if (document === undefined) return;
  if (isObject(document) && !Object.hasOwn(document, 'data')) return;
  primaryResource(document, resource, id);
}

/** What is wrong with a resource identifier object of one of these types, and in which of its members. */
export function identifierFault(
  value: unknown,
  types: ReadonlySet<string>,
): { readonly keys: readonly string[]; readonly message: string; readonly code: ErrorCode } | undefined {
  if (!isObject(value))
    return { keys: [], message: 'must be a resource identifier object', code: 'malformed_document' };
  if (typeof value['type'] !== 'string')
    return { keys: ['type'], message: 'the identifier must have a type, a string', code: 'malformed_document' };
  if (typeof value['id'] !== 'string')
    return { keys: ['id'], message: 'the identifier must have an id, a string', code: 'malformed_document' };
  return types.has(value['type'])
    ? undefined
    : { keys: ['type'], message: `must be one of ${[...types].join(', ')}`, code: 'resource_type_conflict' };
}
