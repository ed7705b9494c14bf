import { entityTags } from '../common/entity-tag';
import { DomainError } from '../common/errors';

/** Strong entity tag of a row version; only for documents that show that row alone. */
export function entityTag(version: bigint | number | string): string {
  return `"${version}"`;
}

/**
 * RFC 9110 section 13.1.1, where a tag that was weakened on the way counts as the strong one it was: throws `precondition_failed` (412) when `If-Match` names other versions
 * than the current one, `precondition_required` (428, RFC 6585) when it is absent and required.
 */
export function assertIfMatch(
  header: string | undefined,
  version: bigint | number | string,
  options: { readonly required?: boolean } = {},
): void {
  if (header === undefined) {
    if (options.required === true)
      throw new DomainError('precondition_required', {
        faults: [fault('must hold the ETag of the version to change')],
      });
    return;
  }
  const tags = entityTags(header);
  if (tags === '*' || tags?.includes(entityTag(version)) === true) return;
  const message =
    tags === undefined
      ? `must be entity tags such as ${entityTag(version)}, separated by commas, or *`
      : 'does not name the current version; read the resource again';
  throw new DomainError('precondition_failed', { faults: [fault(message)] });
}

function fault(message: string): { readonly path: string; readonly message: string; readonly header: string } {
  return { path: 'If-Match', message, header: 'If-Match' };
}
