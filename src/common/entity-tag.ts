/** One entity tag (RFC 9110 section 8.8.3), at `lastIndex`, with the white space and the comma after it. */
const ELEMENT = /[\t ]*(?:(W\/)?("[\u0021\u0023-\u007e\u0080-\u00ff]*"))?[\t ]*(,|$)/y;

/**
 * The tags of `If-Match` and `If-None-Match`, each without its mark of weakness: a proxy that compresses adds one to a tag
 * that was strong. `*` for whatever exists, undefined for anything but a list of tags.
 */
export function entityTags(header: string): readonly string[] | '*' | undefined {
  if (header.trim() === '*') return '*';
  const tags: string[] = [];
  for (ELEMENT.lastIndex = 0; ELEMENT.lastIndex < header.length;) {
    const match = ELEMENT.exec(header);
    if (match === null) return undefined;
    if (match[2] !== undefined) tags.push(match[2]);
  }
  return tags.length === 0 ? undefined : tags;
}

/** RFC 9110 section 13.1.2: what the caller has already is the current one. A header that cannot be read says nothing. */
export function knowsTag(header: string | undefined, tag: string): boolean {
  const tags = header === undefined ? undefined : entityTags(header);
  return tags === '*' || tags?.includes(tag) === true;
}
