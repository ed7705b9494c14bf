import { choiceFilter, instantRangeFilter } from '../jsonapi/filters';
import { defineResource } from '../jsonapi/resource';
import type { ResolutionAction } from './payment.resource';

/** What a human decided about money held in suspense; one at a time for a payment, never changed. */
export interface PaymentResolution {
  readonly merchantId: string;
  readonly id: string;
  readonly paymentId: string;
  readonly network: string;
  readonly action: ResolutionAction;
  readonly heldAs: string;
  readonly invoiceId: string | null;
  readonly reason: string | null;
  readonly refundTransactionHash: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** When the money was taken off the invoice it was attached to, which another one has replaced: it is held again. */
  readonly undoneAt: Date | null;
}

export const RESOLUTION_ACTIONS = ['attach', 'refund', 'dismiss'] as const;

export const paymentResolutions = defineResource({
  type: 'paymentResolutions',
  path: 'payment_resolutions',
  readScope: 'payments:read',
  typeAliases: ['payment_resolutions'],
  id: (resolution: PaymentResolution) => resolution.id,
  attributes: {
    action: 'action',
    heldAs: 'heldAs',
    reason: 'reason',
    refundTransactionHash: 'refundTransactionHash',
    network: 'network',
    createdBy: 'createdBy',
    createdAt: 'createdAt',
    undoneAt: 'undoneAt',
  },
  relationships: {
    payment: { to: 'one', types: ['payments'], linkage: ({ paymentId }) => ({ type: 'payments', id: paymentId }), writable: true },
    invoice: { to: 'one', types: ['invoices'], linkage: ({ invoiceId }) => (invoiceId === null ? null : { type: 'invoices', id: invoiceId }), writable: true },
  },
  filters: { action: choiceFilter(RESOLUTION_ACTIONS), createdAt: instantRangeFilter() },
  sorts: { createdAt: (resolution) => resolution.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
