import { choiceFilter, codeFilter, instantRangeFilter, textFilter } from '../../../src/jsonapi/filters';
import { defineResource } from '../../../src/jsonapi/resource';
import { Resources } from '../../../src/jsonapi/resources';

export interface Payment {
  id: string;
  amount: string;
  status: 'pending' | 'completed' | 'expired';
  reference: string | null;
  note: string | null;
  createdAt: Date;
  updatedAt: Date;
  customerId: string | null;
  labelIds: string[];
  payoutId: string | null;
  /** Must never leave. */
  secret: string;
}

export interface Customer {
  id: string;
  name: string;
  email: string | null;
  lastPaymentId: string | null;
  secret: string;
}

export interface Refund {
  id: string;
  amount: string;
  paymentId: string;
}

export interface Label {
  id: string;
  text: string;
}

export interface Endpoint {
  id: string;
  url: string;
  version: number;
}

const ref = (type: string, id: string | null) => (id === null ? null : { type, id });

export const payments = defineResource({
  type: 'payments',
  path: 'payments',
  id: (row: Payment) => row.id,
  attributes: {
    amount: 'amount',
    status: 'status',
    reference: 'reference',
    note: 'note',
    createdAt: 'createdAt',
    updatedAt: (row) => row.updatedAt,
  },
  relationships: {
    customer: { to: 'one', types: ['customers'], linkage: (row) => ref('customers', row.customerId), writable: true },
    labels: {
      to: 'many',
      types: ['labels'],
      linkage: (row) => row.labelIds.map((id) => ({ type: 'labels', id })),
      writable: true,
    },
    refunds: { to: 'many', types: ['refunds'] },
    payout: { to: 'one', types: ['payouts', 'refunds'], linkage: (row) => ref('payouts', row.payoutId) },
    auditTrail: { to: 'many', types: ['refunds'], includable: false, links: false },
  },
  aliases: { pay_reference: 'reference' },
  filters: {
    status: choiceFilter(['pending', 'completed', 'expired']),
    reference: textFilter(),
    createdAt: instantRangeFilter(),
    customer: codeFilter(),
  },
  sorts: { createdAt: (row) => row.createdAt.toISOString(), amount: (row) => row.amount.padStart(20, '0') },
  defaultSort: '-createdAt',
  page: { defaultSize: 10, maxSize: 50 },
});

export const customers = defineResource({
  type: 'customers',
  path: 'customers',
  id: (row: Customer) => row.id,
  attributes: { name: 'name', email: 'email' },
  relationships: {
    payments: { to: 'many', types: ['payments'] },
    lastPayment: { to: 'one', types: ['payments'], linkage: (row) => ref('payments', row.lastPaymentId) },
  },
});

export const refunds = defineResource({
  type: 'refunds',
  path: 'refunds',
  id: (row: Refund) => row.id,
  attributes: { amount: 'amount' },
  relationships: { payment: { to: 'one', types: ['payments'], linkage: (row) => ref('payments', row.paymentId) } },
});

export const labels = defineResource({
  type: 'labels',
  path: 'labels',
  id: (row: Label) => row.id,
  attributes: { text: 'text' },
});
export const payouts = defineResource({
  type: 'payouts',
  path: 'payouts',
  id: (row: Label) => row.id,
  attributes: { text: 'text' },
});

export const webhookEndpoints = defineResource({
  type: 'webhookEndpoints',
  path: 'webhook_endpoints',
  typeAliases: ['webhook_endpoints'],
  id: (row: Endpoint) => row.id,
  attributes: { url: 'url' },
});

export const resources = new Resources([payments, customers, refunds, labels, payouts, webhookEndpoints]);
