import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module';
import { IdempotencyModule } from '../../idempotency/idempotency.module';
import { MerchantsModule } from '../../merchants/merchants.module';
import { MerchantHealthController } from './health/merchant-health.controller';
import { ProductsModule } from '../../products/products.module';
import { RatesModule } from '../../rates/rates.module';
import { WebhooksModule } from '../../webhooks/webhooks.module';
import { MerchantContextService } from './merchant-context.service';
import { MerchantRatesController } from './rates/merchant-rates.controller';
import { MerchantTaxesController } from './taxes/merchant-taxes.controller';
import { MerchantWebhooksController } from './webhooks/merchant-webhooks.controller';
import { MerchantWebhooksService } from './webhooks/merchant-webhooks.service';

/** The merchant API: JSON for shops, client key and secret. */
@Module({
  imports: [AuthModule, IdempotencyModule, MerchantsModule, ProductsModule, RatesModule, WebhooksModule],
  controllers: [MerchantHealthController, MerchantRatesController, MerchantTaxesController, MerchantWebhooksController],
  providers: [MerchantContextService, MerchantWebhooksService],
})
export class MerchantModule {}
