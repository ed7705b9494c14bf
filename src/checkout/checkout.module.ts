import { Module } from '@nestjs/common';
import { InvoicesModule } from '../invoices/invoices.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { PaymentsModule } from '../payments/payments.module';
import { RatesModule } from '../rates/rates.module';
import { CheckoutController } from './checkout.controller';
import { CheckoutService } from './checkout.service';
import { PayPageController } from './pay-page.controller';
import { TestPaymentsService } from './test-payments.service';

/** Everything an anonymous payer can reach in a browser. */
@Module({
  imports: [InvoicesModule, MerchantsModule, PaymentsModule, RatesModule],
  controllers: [PayPageController, CheckoutController],
  providers: [CheckoutService, TestPaymentsService],
})
export class CheckoutModule {}
