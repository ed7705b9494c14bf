import type { AuditValues } from '../audit-log/audit-entry';
import { formatAmount } from '../common/money';
import type { Invoice } from './invoice';

/** What the audit log keeps of an invoice that comes or goes. */
export function invoiceFacts({ status, total, scale, assetCode, reference, expiresAt }: Invoice): AuditValues {
  return { status, amount: formatAmount(total, scale), currency: assetCode, reference, expiresAt };
}
