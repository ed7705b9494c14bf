import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/customers.module';
import { IncidentsModule } from '../incidents/incidents.module';
import { InvoicesModule } from '../invoices/invoices.module';
import { LinksModule } from '../links/links.module';
import { ReceivabilityModule } from '../merchants/receivability.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { PaymentsModule } from '../payments/payments.module';
import { RatesModule } from '../rates/rates.module';
import { ReceiptsModule } from '../receipts/receipts.module';
import { SubscriptionsModule } from '../subscriptions/subscriptions.module';
import { PortalController } from './portal/portal.controller';
import { PortalPageController } from './portal/portal-page.controller';
import { PortalPagesService } from './portal/portal-pages.service';
import { PortalService } from './portal/portal.service';
import { EnrolmentController } from './portal/enrolment.controller';
import { CheckoutController } from './checkout.controller';
import { CheckoutService } from './checkout.service';
import { OffersService } from './offers.service';
import { PayPageController } from './pay-page.controller';
import { PayPagesService } from './pay-pages.service';
import { ShopPageController } from './shop-page.controller';
import { PayReceiptController } from './pay-receipt.controller';
import { StatusPageController } from './status-page.controller';
import { TestPaymentsService } from './test-payments.service';

/** Everything an anonymous payer can reach in a browser. */
@Module({
  imports: [
    CustomersModule,
    IncidentsModule,
    InvoicesModule,
    LinksModule,
    MerchantsModule,
    ReceivabilityModule,
    PaymentsModule,
    RatesModule,
    ReceiptsModule,
    SubscriptionsModule,
  ],
  controllers: [
    PayPageController,
    ShopPageController,
    PayReceiptController,
    CheckoutController,
    EnrolmentController,
    PortalController,
    PortalPageController,
    StatusPageController,
  ],
  providers: [CheckoutService, OffersService, PayPagesService, TestPaymentsService, PortalService, PortalPagesService],
})
export class CheckoutModule {}
