import type { AuditDraft } from '../audit-log/audit-entry';
import type { ChangingPrincipal } from '../common/principal';

/** An author's change of a record of the catalog, which belongs to no network. */
export function catalogEntry(
  author: ChangingPrincipal,
  subjectType: 'product' | 'tax_rate',
  verb: 'created' | 'updated' | 'deleted',
  subjectId: string,
  { before, after }: Pick<AuditDraft, 'before' | 'after'>,
): AuditDraft {
  return { ...author, network: null, action: `${subjectType}.${verb}`, subjectType, subjectId, before, after };
}
