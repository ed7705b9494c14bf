import type { Invoice } from '../invoices/invoice';
import { PAYER } from './choices/link-choice.service';

/**
 * Whether anybody could have made the invoice, by opening a link and typing. Whom such an invoice is billed to is the merchant's alone: who
 * reads it in public may be a stranger to the customer.
 */
export function isOfVisitor({ createdBy, subscriptionId }: Pick<Invoice, 'createdBy' | 'subscriptionId'>): boolean {
  return createdBy === PAYER || subscriptionId !== null;
}
