import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module';
import { KeysModule } from '../../auth/keys.module';
import { CustomersModule } from '../../customers/customers.module';
import { InvoicesModule } from '../../invoices/invoices.module';
import { LinksModule } from '../../links/links.module';
import { MerchantProfileModule } from '../../merchants/merchant-profile.module';
import { MerchantsModule } from '../../merchants/merchants.module';
import { ReceivabilityModule } from '../../merchants/receivability.module';
import { PaymentsModule } from '../../payments/payments.module';
import { ProductsModule } from '../../products/products.module';
import { RatesModule } from '../../rates/rates.module';
import { ReceiptsModule } from '../../receipts/receipts.module';
import { WebhooksModule } from '../../webhooks/webhooks.module';
import { AuditLogController } from './audit/audit-log.controller';
import { CustomersController } from './customers/customers.controller';
import { InvoiceCancellationController } from './invoices/invoice-cancellation.controller';
import { InvoicesController } from './invoices/invoices.controller';
import { ApiKeysController, ClientsController } from './keys/keys.controller';
import { LinkFacesService } from './links/link-faces.service';
import { LinkInvoicePagesService } from './links/link-invoice-pages.service';
import { LinkRelationshipsController } from './links/link-relationships.controller';
import { LinkRequestsService } from './links/link-requests.service';
import { LinksController } from './links/links.controller';
import { MembersController } from './merchants/members.controller';
import { MerchantsController } from './merchants/merchants.controller';
import { ReceivingAccountsController } from './merchants/receiving-accounts.controller';
import { MoneyLoadersService } from './money-loaders.service';
import { OpenApiController } from './openapi/openapi.controller';
import { PageAddressesService } from './page-addresses.service';
import { PartnerLoadersService } from './partner-loaders.service';
import { DecisionReaderService } from './payments/decision-reader.service';
import { PaymentResolutionsController } from './payments/payment-resolutions.controller';
import { PaymentsController } from './payments/payments.controller';
import { ProductsController } from './products/products.controller';
import { TaxRatesController } from './products/tax-rates.controller';
import { CurrenciesController } from './rates/currencies.controller';
import { ExchangeRatesController } from './rates/exchange-rates.controller';
import { QuotesController } from './rates/quotes.controller';
import { ReceiptsController } from './receipts/receipts.controller';
import { EventsController } from './webhooks/events.controller';
import { WebhookDeliveriesController } from './webhooks/webhook-deliveries.controller';
import { WebhookEndpointsController } from './webhooks/webhook-endpoints.controller';

/** The partner API: JSON:API below `/api/public/v1`. */
@Module({
  imports: [
    AuditModule, KeysModule, CustomersModule, InvoicesModule, LinksModule, MerchantsModule, MerchantProfileModule, ReceivabilityModule, PaymentsModule, ProductsModule, RatesModule, ReceiptsModule, WebhooksModule,
  ],
  controllers: [
    MerchantsController, MembersController, ReceivingAccountsController, ApiKeysController, ClientsController, AuditLogController, EventsController, WebhookEndpointsController, WebhookDeliveriesController,
    CurrenciesController, ExchangeRatesController, QuotesController, CustomersController, ProductsController, TaxRatesController, InvoicesController, InvoiceCancellationController, LinksController,
    LinkRelationshipsController, PaymentsController, PaymentResolutionsController, ReceiptsController, OpenApiController,
  ],
  providers: [PageAddressesService, MoneyLoadersService, PartnerLoadersService, LinkFacesService, LinkRequestsService, LinkInvoicePagesService, DecisionReaderService],
})
export class PartnerModule {}
