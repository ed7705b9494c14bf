import { codeFilter, instantRangeFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import type { AuditEntry } from '../../../audit-log/audit-entry';

export const auditEntries = defineResource({
  type: 'auditEntries',
  path: 'audit_log',
  readScope: 'audit:read',
  typeAliases: ['audit_entries'],
  id: (entry: AuditEntry) => entry.id,
  attributes: {
    sequence: (entry) => Number(entry.sequence),
    actor: 'actor',
    action: 'action',
    subjectType: 'subjectType',
    subjectId: 'subjectId',
    before: (entry) => entry.before,
    after: (entry) => entry.after,
    network: 'network',
    requestId: 'requestId',
    occurredAt: 'occurredAt',
    previousHash: (entry) => entry.previousHash.toString('hex'),
    hash: (entry) => entry.hash.toString('hex'),
  },
  filters: {
    action: codeFilter(),
    actor: codeFilter(),
    subjectType: codeFilter(),
    subjectId: codeFilter(),
    occurredAt: instantRangeFilter(),
  },
  sorts: { sequence: (entry) => entry.sequence.toString() },
  defaultSort: '-sequence',
});
