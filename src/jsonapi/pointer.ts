/** RFC 6901; `/data/attributes/a~1b` for the key `a/b`. */
export function jsonPointer(keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The deepest part of the path that the document really has: an absent member cannot be pointed at. */
export function existingPointer(document: unknown, keys: readonly (string | number)[]): string {
  let at = document;
  let depth = 0;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) break;
    at = (at as Record<string | number, unknown>)[key];
    depth += 1;
  }
  return jsonPointer(keys.slice(0, depth));
}
