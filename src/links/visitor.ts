import type { Invoice } from '../invoices/invoice';

/** The actor in the invoice and the audit log for a caller who is known only by holding the link. */
export const PAYER = 'payer';

/**
 * Whether anybody could have made the invoice, by opening a link and typing. Whom such an invoice is billed to is the merchant's alone: who
 * reads it in public may be a stranger to the customer.
 */
export function isOfVisitor({ createdBy, subscriptionId }: Pick<Invoice, 'createdBy' | 'subscriptionId'>): boolean {
  return createdBy === PAYER || subscriptionId !== null;
}
