import { DomainError } from '../common/errors';

/** Strong entity tag of a row version; only for documents that show that row alone. */
export function entityTag(version: number | string): string {
  return `"${version}"`;
}

/** RFC 9110 section 13.1.2: weak comparison, `*` matches whatever exists. */
export function matchesNone(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || entityTags(header).some((given) => given.replace(/^W\//, '') === tag);
}

/**
 * RFC 9110 section 13.1.1, strong comparison: throws `precondition_failed` (412) when `If-Match` names other versions
 * than the current one, `precondition_required` (428, RFC 6585) when it is absent and required.
 */
export function assertIfMatch(header: string | undefined, version: number | string, options: { readonly required?: boolean } = {}): void {
  if (header === undefined) {
    if (options.required === true) throw new DomainError('precondition_required', { faults: [fault('must hold the ETag of the version to change')] });
    return;
  }
  if (header.trim() === '*' || entityTags(header).includes(entityTag(version))) return;
  throw new DomainError('precondition_failed', { faults: [fault('does not name the current version; read the resource again')] });
}

function fault(message: string): { readonly path: string; readonly message: string; readonly header: string } {
  return { path: 'If-Match', message, header: 'If-Match' };
}

function entityTags(header: string): readonly string[] {
  return header.match(/(?:W\/)?"[\u0021\u0023-\u007e\u0080-\u00ff]*"/g) ?? [];
}
