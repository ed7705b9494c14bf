import { Module } from '@nestjs/common';
import { IncidentsModule } from '../incidents/incidents.module';
import { InvoicesModule } from '../invoices/invoices.module';
import { LinksModule } from '../links/links.module';
import { ReceivabilityModule } from '../merchants/receivability.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { PaymentsModule } from '../payments/payments.module';
import { RatesModule } from '../rates/rates.module';
import { ReceiptsModule } from '../receipts/receipts.module';
import { CheckoutController } from './checkout.controller';
import { CheckoutService } from './checkout.service';
import { OffersService } from './offers.service';
import { PayPageController } from './pay-page.controller';
import { PayPagesService } from './pay-pages.service';
import { PayReceiptController } from './pay-receipt.controller';
import { StatusPageController } from './status-page.controller';
import { TestPaymentsService } from './test-payments.service';

/** Everything an anonymous payer can reach in a browser. */
@Module({
  imports: [
    IncidentsModule,
    InvoicesModule,
    LinksModule,
    MerchantsModule,
    ReceivabilityModule,
    PaymentsModule,
    RatesModule,
    ReceiptsModule,
  ],
  controllers: [PayPageController, PayReceiptController, CheckoutController, StatusPageController],
  providers: [CheckoutService, OffersService, PayPagesService, TestPaymentsService],
})
export class CheckoutModule {}
