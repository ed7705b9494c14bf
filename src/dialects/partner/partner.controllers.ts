import type { Type } from '@nestjs/common';
import { AuditLogController } from './audit/audit-log.controller';
import { CustomersController } from './customers/customers.controller';
import { ExportsController } from './exports/exports.controller';
import { InvoiceEndingsController } from './invoices/invoice-endings.controller';
import { InvoicesController } from './invoices/invoices.controller';
import { ApiKeysController, ClientsController } from './keys/keys.controller';
import { LinkRelationshipsController } from './links/link-relationships.controller';
import { LinkStatisticsController, StatisticsOfLinkController } from './links/link-statistics.controller';
import { LinksController } from './links/links.controller';
import { MembersController } from './merchants/members.controller';
import { MerchantsController } from './merchants/merchants.controller';
import { ReceivingAccountsController } from './merchants/receiving-accounts.controller';
import { PaymentResolutionsController } from './payments/payment-resolutions.controller';
import { PaymentsController } from './payments/payments.controller';
import { ProductsController } from './products/products.controller';
import { TaxRatesController } from './products/tax-rates.controller';
import { CurrenciesController } from './rates/currencies.controller';
import { ExchangeRatesController } from './rates/exchange-rates.controller';
import { QuotesController } from './rates/quotes.controller';
import { ReceiptsController } from './receipts/receipts.controller';
import { SubscriptionCommandsController } from './subscriptions/subscription-commands.controller';
import { SubscriptionPeriodsController } from './subscriptions/subscription-periods.controller';
import { SubscriptionsController } from './subscriptions/subscriptions.controller';
import { EventsController } from './webhooks/events.controller';
import { WebhookDeliveriesController } from './webhooks/webhook-deliveries.controller';
import { WebhookEndpointsController } from './webhooks/webhook-endpoints.controller';

/** Everything that the partner API answers, in the order in which it is described. */
export const PARTNER_CONTROLLERS: readonly Type[] = [
  LinksController,
  StatisticsOfLinkController,
  LinkStatisticsController,
  LinkRelationshipsController,
  InvoiceEndingsController,
  InvoicesController,
  PaymentsController,
  PaymentResolutionsController,
  ReceiptsController,
  SubscriptionsController,
  SubscriptionCommandsController,
  SubscriptionPeriodsController,
  ExportsController,
  ProductsController,
  TaxRatesController,
  CustomersController,
  CurrenciesController,
  ExchangeRatesController,
  QuotesController,
  MerchantsController,
  MembersController,
  ReceivingAccountsController,
  ApiKeysController,
  ClientsController,
  EventsController,
  WebhookEndpointsController,
  WebhookDeliveriesController,
  AuditLogController,
];
