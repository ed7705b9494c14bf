import type { AuditDraft, Author } from '../audit-log/audit-entry';
import { canonicalJson } from '../common/canonical-json';
import type { CustomerFacts } from './customers.repository';

const SUBJECT = 'customer';
export const CUSTOMER_MEMBERS = [
  'name',
  'firstName',
  'lastName',
  'email',
  'phoneNumber',
  'company',
  'address',
  'isFavorite',
  'type',
  'status',
] as const;

export interface CustomerChange {
  readonly verb: 'created' | 'updated' | 'erased' | 'deleted';
  readonly id: string;
  readonly changed: readonly (typeof CUSTOMER_MEMBERS)[number][];
}

/** What the audit log keeps of a change. It cannot be erased, so it keeps which members changed and never what they said. */
export function customerChange(
  author: Author & Pick<AuditDraft, 'merchantId'>,
  { verb, id, changed }: CustomerChange,
): AuditDraft {
  return {
    ...author,
    network: null,
    action: `customer.${verb}`,
    subjectType: SUBJECT,
    subjectId: id,
    before: null,
    after: { changed },
  };
}

/** What a customer is of whom nobody said anything else. */
const PRESUMED: Partial<CustomerFacts> = { type: 'Individual', status: 'active' };

/** Null stands for a customer who does not exist; all members of a new customer that were said count as changed. */
export function changedMembers(before: CustomerFacts | null, after: CustomerFacts | null): CustomerChange['changed'] {
  if (before === null && after !== null)
    return CUSTOMER_MEMBERS.filter((member) => after[member] !== null && after[member] !== PRESUMED[member]);
  return CUSTOMER_MEMBERS.filter(
    (member) => before === null || after === null || canonicalJson(before[member]) !== canonicalJson(after[member]),
  );
}
