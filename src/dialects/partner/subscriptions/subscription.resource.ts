import { formatAmount } from '../../../common/money';
import { referenceText } from '../../../common/reference-text';
import { choiceFilter, codeFilter, instantRangeFilter, textFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import type { Period } from '../../../subscriptions/subscription';
import type { SubscriptionView } from '../../../subscriptions/subscription-reads.service';
import { SUBSCRIPTION_STATUSES } from '../../../subscriptions/subscription-states';

export const subscriptions = defineResource({
  type: 'subscriptions',
  path: 'subscriptions',
  readScope: 'subscriptions:read',
  id: (subscription: SubscriptionView) => subscription.id,
  version: ({ version }) => version,
  attributes: {
    status: 'status',
    entitled: 'entitled',
    paidThrough: (subscription) => subscription.paidThrough,
    anchorAt: (subscription) => subscription.anchorAt,
    interval: 'interval',
    intervalCount: 'intervalCount',
    billingCycles: 'billingCycles',
    periodsPaid: 'periodsPaid',
    nextPeriodStartsAt: (subscription) => subscription.nextPeriodStartsAt,
    nextInvoiceOpensAt: (subscription) => subscription.nextInvoiceOpensAt,
    amount: ({ total, scale }) => formatAmount(total, scale),
    currency: 'currency',
    asset: 'payCurrency',
    network: 'network',
    title: 'title',
    cancelAtPeriodEnd: 'cancelAtPeriodEnd',
    pausedUntil: (subscription) => subscription.pausedUntil,
    cancelledAt: (subscription) => subscription.cancelledAt,
    reason: 'reason',
    customerEmail: 'email',
    customFields: ({ answers }) => ({ ...answers }),
    reference: 'reference',
    metadata: ({ metadata }) => ({ ...metadata }),
    createdAt: 'createdAt',
    updatedAt: 'updatedAt',
  },
  relationships: {
    link: {
      to: 'one',
      types: ['paymentLinks'],
      linkage: ({ linkId }) => ({ type: 'paymentLinks', id: linkId }),
      writable: 'once',
    },
    customer: {
      to: 'one',
      types: ['customers'],
      linkage: ({ customerId }) => (customerId === null ? null : { type: 'customers', id: customerId }),
      writable: 'once',
    },
    currentInvoice: {
      to: 'one',
      types: ['invoices'],
      linkage: ({ currentInvoiceId }) =>
        currentInvoiceId === null ? null : { type: 'invoices', id: currentInvoiceId },
    },
    periods: { to: 'many', types: ['subscriptionPeriods'], includable: false, paged: true },
  },
  filters: {
    status: choiceFilter(SUBSCRIPTION_STATUSES),
    link: codeFilter(36),
    customer: codeFilter(36),
    entitled: choiceFilter(['true', 'false']),
    reference: textFilter(255, referenceText),
    createdAt: instantRangeFilter(),
  },
  sorts: { createdAt: (subscription) => subscription.createdAt.toISOString() },
  defaultSort: '-createdAt',
});

export const subscriptionPeriods = defineResource({
  type: 'subscriptionPeriods',
  path: 'subscription_periods',
  readScope: 'subscriptions:read',
  id: (period: Period) => period.id,
  attributes: {
    index: 'index',
    startsAt: (period) => period.startsAt,
    endsAt: (period) => period.endsAt,
    state: 'state',
    amount: ({ amount }) => formatAmount(amount, 2),
    createdAt: 'createdAt',
  },
  relationships: {
    invoice: {
      to: 'one',
      types: ['invoices'],
      linkage: ({ invoiceId }) => (invoiceId === null ? null : { type: 'invoices', id: invoiceId }),
    },
    link: {
      to: 'one',
      types: ['paymentLinks'],
      linkage: ({ linkId }) => (linkId === null ? null : { type: 'paymentLinks', id: linkId }),
    },
    subscription: {
      to: 'one',
      types: ['subscriptions'],
      linkage: ({ subscriptionId }) => ({ type: 'subscriptions', id: subscriptionId }),
    },
  },
  sorts: { index: (period) => String(period.index) },
  defaultSort: 'index',
});
