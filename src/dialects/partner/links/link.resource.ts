import { referenceText } from '../../../common/reference-text';
import { choiceFilter, codeFilter, instantRangeFilter, textFilter } from '../../../jsonapi/filters';
import { type ConditionalAttribute, defineResource, type JsonValue } from '../../../jsonapi/resource';
import { isReusable, LINK_KINDS } from '../../../links/link-kinds';
import {
  LINK_STATES,
  linkState,
  NETWORK_NAMES,
  type PaymentLink,
  printAmount,
  printOpenAmount,
} from '../../../links/payment-link';
import { asksPayer } from '../../../links/shop-terms';

export interface HostedLink extends PaymentLink {
  readonly hostedPageUrl: string;
}

/** The payer's choice; a reusable link leaves it open, and is of one network all the same. */
function isPlaced(link: PaymentLink): boolean {
  return isReusable(link) || link.invoiceId !== null;
}

/** A standard link with a fixed amount omits the fields that only other links have. */
const isMore = (link: HostedLink): boolean => isReusable(link) || link.minimum !== null;
const ofMore = (read: (link: HostedLink) => JsonValue): ConditionalAttribute<HostedLink> => ({ has: isMore, read });

/** A link of which nobody has said anything that a shop says omits it. */
const saysShop = (link: HostedLink): boolean =>
  asksPayer(link) || !link.showsCodes || link.coverImage !== null || link.paidFor !== null;
const ofShop = (read: (link: HostedLink) => JsonValue): ConditionalAttribute<HostedLink> => ({ has: saysShop, read });

export const paymentLinks = defineResource({
  type: 'paymentLinks',
  path: 'payment_links',
  readScope: 'links:read',
  typeAliases: ['payment_links'],
  id: (link: HostedLink) => link.id,
  version: ({ version }) => version,
  attributes: {
    amount: printAmount,
    currency: 'currency',
    accountCurrency: 'accountCurrency',
    network: (link) => (isPlaced(link) ? link.network : null),
    networkName: (link) => (isPlaced(link) ? NETWORK_NAMES[link.network] : null),
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
    kind: ofMore(({ kind }) => kind),
    openAmount: ofMore(printOpenAmount),
    quantity: ofMore(({ maxQuantity }) => (maxQuantity === null ? null : { maximum: maxQuantity })),
    maxPayments: ofMore((link) => (isReusable(link) ? link.maxPayments : 1)),
    slotsUsed: ofMore((link) => (isReusable(link) ? link.slotsUsed : Number(link.invoiceId !== null))),
    paymentsMade: ofMore((link) => (isReusable(link) ? link.paymentsMade : Number(link.status === 'completed'))),
    slug: ofShop(({ slug }) => slug),
    coverImage: ofShop(({ coverImage }) => coverImage),
    customFields: ofShop(({ customFields }) => customFields),
    collectsAddress: ofShop(({ collectsAddress }) => collectsAddress),
    adjustsQuantity: ofShop(({ adjustsQuantity }) => adjustsQuantity),
    sellsEverything: ofShop(({ sellsEverything }) => sellsEverything),
    showsCodes: ofShop(({ showsCodes }) => showsCodes),
    collectsTax: ofShop(({ collectsTax }) => collectsTax),
    paidFor: ofShop(({ paidFor }) => paidFor),
    productQuantities: ofShop(({ productQuantities }) => [...productQuantities]),
    recurrence: {
      has: ({ recurrence }: HostedLink) => recurrence !== null,
      read: ({ recurrence }) => (recurrence === null ? null : { ...recurrence }),
    },
    paymentsOverLimit: {
      has: (link: HostedLink) => isMore(link) || link.paymentsOverLimit > 0,
      read: ({ paymentsOverLimit }) => paymentsOverLimit,
    },
  },
  relationships: {
    target: {
      to: 'one',
      types: ['invoices'],
      linkage: ({ invoiceId }) => (invoiceId === null ? null : { type: 'invoices', id: invoiceId }),
    },
    products: {
      to: 'many',
      types: ['products'],
      has: isMore,
      linkage: ({ productIds }) => productIds.map((id) => ({ type: 'products', id })),
      writable: 'once',
    },
    taxRate: {
      to: 'one',
      types: ['taxRates'],
      has: (link: HostedLink) => isMore(link) || link.taxRateId !== null,
      linkage: ({ taxRateId }) => (taxRateId === null ? null : { type: 'taxRates', id: taxRateId }),
      writable: 'once',
    },
    customer: {
      to: 'one',
      types: ['customers'],
      has: saysShop,
      linkage: ({ customerId }) => (customerId === null ? null : { type: 'customers', id: customerId }),
    },
    invoices: { to: 'many', types: ['invoices'], has: isMore, includable: false, paged: true },
  },
  aliases: { expires_at: 'expiresAt', tax_rate: 'taxRate' },
  filters: {
    kind: choiceFilter(LINK_KINDS),
    reference: textFilter(255, referenceText),
    status: choiceFilter(LINK_STATES),
    publicId: codeFilter(40),
    createdAt: instantRangeFilter(),
  },
  sorts: { createdAt: (link) => link.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
