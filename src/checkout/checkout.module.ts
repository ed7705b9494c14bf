import { Module } from '@nestjs/common';
import { InvoicesModule } from '../invoices/invoices.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { PaymentsModule } from '../payments/payments.module';
import { RatesModule } from '../rates/rates.module';
import { ReceiptsModule } from '../receipts/receipts.module';
import { CheckoutController } from './checkout.controller';
import { CheckoutService } from './checkout.service';
import { PayPageController } from './pay-page.controller';
import { PayReceiptController } from './pay-receipt.controller';
import { TestPaymentsService } from './test-payments.service';

/** Everything an anonymous payer can reach in a browser. */
@Module({
  imports: [InvoicesModule, MerchantsModule, PaymentsModule, RatesModule, ReceiptsModule],
  controllers: [PayPageController, PayReceiptController, CheckoutController],
  providers: [CheckoutService, TestPaymentsService],
})
export class CheckoutModule {}
