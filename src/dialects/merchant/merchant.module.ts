import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module';
import { CustomersModule } from '../../customers/customers.module';
import { IdempotencyModule } from '../../idempotency/idempotency.module';
import { LinksModule } from '../../links/links.module';
import { MerchantsModule } from '../../merchants/merchants.module';
import { ProductsModule } from '../../products/products.module';
import { RatesModule } from '../../rates/rates.module';
import { WebhooksModule } from '../../webhooks/webhooks.module';
import { MerchantContextService } from './merchant-context.service';
import { MERCHANT_CONTROLLERS } from './merchant.controllers';
import { PaymentLinkReferencesService } from './payment-links/payment-link-references.service';
import { PaymentLinkRequestsService } from './payment-links/payment-link-requests.service';
import { PaymentLinksService } from './payment-links/payment-links.service';
import { MerchantWebhooksService } from './webhooks/merchant-webhooks.service';

/** The merchant API: JSON for shops, client key and secret. */
@Module({
  imports: [
    AuthModule,
    CustomersModule,
    IdempotencyModule,
    LinksModule,
    MerchantsModule,
    ProductsModule,
    RatesModule,
    WebhooksModule,
  ],
  controllers: [...MERCHANT_CONTROLLERS],
  providers: [
    MerchantContextService,
    MerchantWebhooksService,
    PaymentLinksService,
    PaymentLinkRequestsService,
    PaymentLinkReferencesService,
  ],
})
export class MerchantModule {}
