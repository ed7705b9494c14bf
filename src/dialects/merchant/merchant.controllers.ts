import type { Type } from '@nestjs/common';
import { MerchantCustomersController } from './customers/merchant-customers.controller';
import { MerchantHealthController } from './health/merchant-health.controller';
import { NotOfferedController } from './not-offered/not-offered.controller';
import { MerchantProductsController } from './products/merchant-products.controller';
import { MerchantRatesController } from './rates/merchant-rates.controller';
import { MerchantTaxesController } from './taxes/merchant-taxes.controller';
import { MerchantWebhooksController } from './webhooks/merchant-webhooks.controller';

/** Everything that answers below the prefix, in the order of the document that describes it. */
export const MERCHANT_CONTROLLERS: readonly Type[] = [
  MerchantProductsController,
  MerchantCustomersController,
  MerchantTaxesController,
  MerchantWebhooksController,
  MerchantRatesController,
  MerchantHealthController,
  NotOfferedController,
];
