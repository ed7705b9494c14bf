import { auditEntries } from './audit/audit-entry.resource';
import { apiKeys, clients } from './keys/key.resource';
import { customers } from './customers/customer.resource';
import { members } from './merchants/member.resource';
import { merchants } from './merchants/merchant.resource';
import { receivingAccounts } from './merchants/receiving-account.resource';
import { products } from './products/product.resource';
import { taxRates } from './products/tax-rate.resource';
import { invoices } from './invoices/invoice.resource';
import type { Resource } from '../../jsonapi/resource';
import { paymentLinks } from './links/link.resource';
import { linkStatistics } from './links/link-statistics.resource';
import { payments } from './payments/payment.resource';
import { paymentResolutions } from './payments/payment-resolution.resource';
import { currencies } from './rates/currency.resource';
import { exchangeRates } from './rates/exchange-rate.resource';
import { quotes } from './rates/quote.resource';
import { subscriptionPeriods, subscriptions } from './subscriptions/subscription.resource';
import { events } from './webhooks/event.resource';
import { webhookDeliveries } from './webhooks/webhook-delivery.resource';
import { webhookEndpoints } from './webhooks/webhook-endpoint.resource';

/** Every resource type of the partner API; a new one is one line here. */
export const RESOURCES = [
  apiKeys,
  auditEntries,
  clients,
  currencies,
  customers,
  events,
  exchangeRates,
  invoices,
  linkStatistics,
  members,
  merchants,
  paymentLinks,
  paymentResolutions,
  payments,
  products,
  quotes,
  receivingAccounts,
  subscriptionPeriods,
  subscriptions,
  taxRates,
  webhookDeliveries,
  webhookEndpoints,
] as never as readonly Resource[];
