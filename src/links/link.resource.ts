import { choiceFilter, instantRangeFilter, textFilter } from '../jsonapi/filters';
import { defineResource } from '../jsonapi/resource';
import { LINK_STATES, linkState, NETWORK_NAMES, type PaymentLink, printAmount } from './payment-link';

export interface TellableLink extends PaymentLink {
  readonly hostedPageUrl: string;
}

export const paymentLinks = defineResource({
  type: 'paymentLinks',
  path: 'payment_links',
  typeAliases: ['payment_links'],
  id: (link: TellableLink) => link.id,
  attributes: {
    amount: printAmount,
    currency: 'currency',
    accountCurrency: 'accountCurrency',
    network: (link) => (link.invoiceId === null ? null : link.network),
    networkName: (link) => (link.invoiceId === null ? null : NETWORK_NAMES[link.network]),
    reference: 'reference',
    hostedPageUrl: 'hostedPageUrl',
    publicId: 'publicId',
    status: linkState,
    approvalStatus: () => null,
    expiresAt: 'expiresAt',
    createdAt: 'createdAt',
    updatedAt: 'updatedAt',
    paymentType: (link) => (link.direction === 'payout' ? 'Payout' : 'Invoice'),
    paymentMethods: (link) => link.paymentMethods,
    payCurrencies: (link) => link.payCurrencies,
    successRedirectUrl: 'successRedirectUrl',
    unsuccessRedirectUrl: 'unsuccessRedirectUrl',
    title: 'title',
    description: 'description',
    metadata: (link) => link.metadata,
  },
  relationships: {
    target: { to: 'one', types: ['invoices'], linkage: ({ invoiceId }) => (invoiceId === null ? null : { type: 'invoices', id: invoiceId }) },
  },
  aliases: { expires_at: 'expiresAt' },
  filters: { reference: textFilter(255), status: choiceFilter(LINK_STATES), publicId: textFilter(40), createdAt: instantRangeFilter() },
  sorts: { createdAt: (link) => link.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
