import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module';
import { CustomersModule } from '../../customers/customers.module';
import { IdempotencyModule } from '../../idempotency/idempotency.module';
import { MerchantsModule } from '../../merchants/merchants.module';
import { ProductsModule } from '../../products/products.module';
import { RatesModule } from '../../rates/rates.module';
import { WebhooksModule } from '../../webhooks/webhooks.module';
import { MerchantContextService } from './merchant-context.service';
import { MERCHANT_CONTROLLERS } from './merchant.controllers';
import { MerchantWebhooksService } from './webhooks/merchant-webhooks.service';

/** The merchant API: JSON for shops, client key and secret. */
@Module({
  imports: [
    AuthModule,
    CustomersModule,
    IdempotencyModule,
    MerchantsModule,
    ProductsModule,
    RatesModule,
    WebhooksModule,
  ],
  controllers: [...MERCHANT_CONTROLLERS],
  providers: [MerchantContextService, MerchantWebhooksService],
})
export class MerchantModule {}
