import { choiceFilter, instantRangeFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import type { PaymentResolution } from '../../../payments/payment-resolution';
import { RESOLUTION_ACTIONS } from '../../../payments/recorded-payment';

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
    payment: {
      to: 'one',
      types: ['payments'],
      linkage: ({ paymentId }) => ({ type: 'payments', id: paymentId }),
      writable: true,
    },
    invoice: {
      to: 'one',
      types: ['invoices'],
      linkage: ({ invoiceId }) => (invoiceId === null ? null : { type: 'invoices', id: invoiceId }),
      writable: true,
    },
  },
  filters: { action: choiceFilter(RESOLUTION_ACTIONS), createdAt: instantRangeFilter() },
  sorts: { createdAt: (resolution) => resolution.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
