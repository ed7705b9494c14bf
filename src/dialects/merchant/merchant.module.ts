import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module';
import { CustomersModule } from '../../customers/customers.module';
import { IdempotencyModule } from '../../idempotency/idempotency.module';
import { LinksModule } from '../../links/links.module';
import { MerchantsModule } from '../../merchants/merchants.module';
import { ProductsModule } from '../../products/products.module';
import { RatesModule } from '../../rates/rates.module';
import { MerchantCustomersController } from './customers/merchant-customers.controller';
import { MerchantHealthController } from './health/merchant-health.controller';
import { MerchantContextService } from './merchant-context.service';
import { PaymentLinkReferencesService } from './payment-links/payment-link-references.service';
import { PaymentLinkRequestsService } from './payment-links/payment-link-requests.service';
import { PaymentLinksController } from './payment-links/payment-links.controller';
import { PaymentLinksService } from './payment-links/payment-links.service';
import { MerchantProductsController } from './products/merchant-products.controller';
import { MerchantRatesController } from './rates/merchant-rates.controller';
import { MerchantTaxesController } from './taxes/merchant-taxes.controller';

/** The merchant API: JSON for shops, client key and secret. */
@Module({
  imports: [AuthModule, CustomersModule, IdempotencyModule, LinksModule, MerchantsModule, ProductsModule, RatesModule],
  controllers: [
    MerchantHealthController,
    MerchantCustomersController,
    MerchantProductsController,
    MerchantRatesController,
    MerchantTaxesController,
    PaymentLinksController,
  ],
  providers: [MerchantContextService, PaymentLinksService, PaymentLinkRequestsService, PaymentLinkReferencesService],
})
export class MerchantModule {}
