const KEY = /^[\x21-\x7e]{1,255}$/;
/** RFC 8941 section 3.3.3: a String is quoted, and only `"` and `\` are escaped in it. */
const QUOTED = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/**
 * The key of a request from Node's raw header list: 1 to 255 visible ASCII characters, bare as most clients send it
 * or quoted as draft-ietf-httpapi-idempotency-key-header wants it; both spell the same key. Undefined when the
 * header is absent, `malformed` when it is anything else, two header lines included.
 */
export function keyFrom(rawHeaders: readonly string[]): { readonly key: string } | 'malformed' | undefined {
  const values = rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'idempotency-key',
  );
  const [value, ...more] = values;
  if (value === undefined) return undefined;
  if (more.length > 0) return 'malformed';
  const key = value.startsWith('"') ? QUOTED.exec(value)?.[1]?.replaceAll(/\\(.)/g, '$1') : value;
  return key === undefined || !KEY.test(key) ? 'malformed' : { key };
}
