import { Module } from '@nestjs/common';
import { AccountingModule } from '../../accounting/accounting.module';
import { AuditLogModule } from '../../audit-log/audit-log.module';
import { KeysModule } from '../../auth/keys.module';
import { CustomersModule } from '../../customers/customers.module';
import { IdempotencyModule } from '../../idempotency/idempotency.module';
import { InvoicesModule } from '../../invoices/invoices.module';
import { LinksModule } from '../../links/links.module';
import { MerchantProfileModule } from '../../merchants/merchant-profile.module';
import { MerchantsModule } from '../../merchants/merchants.module';
import { ReceivabilityModule } from '../../merchants/receivability.module';
import { PaymentsModule } from '../../payments/payments.module';
import { ProductsModule } from '../../products/products.module';
import { RatesModule } from '../../rates/rates.module';
import { ReceiptsModule } from '../../receipts/receipts.module';
import { SubscriptionsModule } from '../../subscriptions/subscriptions.module';
import { WebhooksModule } from '../../webhooks/webhooks.module';
import { LinkInvoicePagesService } from './links/link-invoice-pages.service';
import { LinkRequestsService } from './links/link-requests.service';
import { MoneyLoadersService } from './money-loaders.service';
import { OpenApiController } from './openapi/openapi.controller';
import { PageAddressesService } from './page-addresses.service';
import { PARTNER_CONTROLLERS } from './partner.controllers';
import { PartnerLoadersService } from './partner-loaders.service';
import { PeriodPagesService } from './subscriptions/period-pages.service';
import { DecisionReaderService } from './payments/decision-reader.service';

/** The partner API: JSON:API below `/api/public/v1`. */
@Module({
  imports: [
    AccountingModule,
    AuditLogModule,
    KeysModule,
    CustomersModule,
    IdempotencyModule,
    InvoicesModule,
    LinksModule,
    MerchantsModule,
    MerchantProfileModule,
    ReceivabilityModule,
    PaymentsModule,
    ProductsModule,
    RatesModule,
    ReceiptsModule,
    SubscriptionsModule,
    WebhooksModule,
  ],
  controllers: [...PARTNER_CONTROLLERS, OpenApiController],
  providers: [
    PageAddressesService,
    MoneyLoadersService,
    PartnerLoadersService,
    LinkRequestsService,
    LinkInvoicePagesService,
    DecisionReaderService,
    PeriodPagesService,
  ],
})
export class PartnerModule {}
