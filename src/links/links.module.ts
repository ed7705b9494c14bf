import { Module } from '@nestjs/common';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { CustomersModule } from '../customers/customers.module';
import { InvoicesModule } from '../invoices/invoices.module';
import { LivesModule } from '../lives/lives.module';
import { ReceivabilityModule } from '../merchants/receivability.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { ProductsModule } from '../products/products.module';
import { RatesModule } from '../rates/rates.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { InvoiceSupersessionService } from './invoice-supersession.service';
import { InvoiceSupersessionsRepository } from './invoice-supersessions.repository';
import { LinkBirthService } from './link-birth.service';
import { LinkChangesService } from './link-changes.service';
import { LinkCheckoutService } from './choices/link-checkout.service';
import { LinkChoiceKeysService } from './choices/link-choice-keys.service';
import { StandingTermsService } from './choices/standing-terms.service';
import { LinkChoiceService } from './choices/link-choice.service';
import { LinkChoicesRepository } from './choices/link-choices.repository';
import { LinkFollowerService } from './link-follower.service';
import { LinkProductsService } from './offers/link-products.service';
import { LinkSalesService } from './offers/link-sales.service';
import { ProductPricesService } from './offers/product-prices.service';
import { LinkInvoicesService } from './link-invoices.service';
import { LinkLocksService } from './link-locks.service';
import { LinkLocksRepository } from './link-locks.repository';
import { LinkOffersService } from './offers/link-offers.service';
import { LinkOpeningService } from './link-opening.service';
import { LinkOriginsService } from './link-origins.service';
import { LinkOriginsRepository } from './link-origins.repository';
import { LinkPricingService } from './offers/link-pricing.service';
import { LinkRecordService } from './link-record.service';
import { LinkRivalsService } from './choices/link-rivals.service';
import { LinkRivalsRepository } from './choices/link-rivals.repository';
import { LinkSlotsService } from './slots/link-slots.service';
import { LinkSlotsRepository } from './slots/link-slots.repository';
import { LinksRepository } from './links.repository';
import { LinksService } from './links.service';
import { LinkStatisticsRepository } from './statistics/link-statistics.repository';
import { LinkStatisticsService } from './statistics/link-statistics.service';
import { LinkViewsRepository } from './statistics/link-views.repository';
import { LinkViewsService } from './statistics/link-views.service';
import { PeriodLinksRepository } from './periods/period-links.repository';
import { PeriodLinksService } from './periods/period-links.service';
import { ReleasedMoneyService } from './choices/released-money.service';
import { ReleasedMoneyRepository } from './choices/released-money.repository';
import { SlotHoldingService } from './slots/slot-holding.service';
import { ReusableLinksService } from './slots/reusable-links.service';

@Module({
  imports: [
    LivesModule,
    AuditLogModule,
    InvoicesModule,
    MerchantsModule,
    ReceivabilityModule,
    ProductsModule,
    CustomersModule,
    RatesModule,
    WebhooksModule,
  ],
  providers: [
    LinksRepository,
    LinkChoicesRepository,
    LinkSlotsRepository,
    LinksService,
    LinkRecordService,
    LinkProductsService,
    LinkSalesService,
    ProductPricesService,
    LinkInvoicesService,
    LinkBirthService,
    LinkOpeningService,
    LinkChangesService,
    LinkPricingService,
    LinkOffersService,
    LinkSlotsService,
    SlotHoldingService,
    LinkRivalsService,
    LinkRivalsRepository,
    LinkChoiceKeysService,
    StandingTermsService,
    LinkChoiceService,
    ReusableLinksService,
    LinkCheckoutService,
    LinkFollowerService,
    InvoiceSupersessionService,
    InvoiceSupersessionsRepository,
    ReleasedMoneyService,
    ReleasedMoneyRepository,
    LinkOriginsRepository,
    LinkOriginsService,
    LinkLocksRepository,
    LinkLocksService,
    LinkViewsRepository,
    LinkViewsService,
    LinkStatisticsRepository,
    LinkStatisticsService,
    PeriodLinksRepository,
    PeriodLinksService,
  ],
  exports: [
    LinksService,
    LinkOpeningService,
    LinkChangesService,
    LinkProductsService,
    LinkSalesService,
    ProductPricesService,
    LinkPricingService,
    LinkInvoicesService,
    InvoiceSupersessionService,
    LinkChoiceService,
    LinkCheckoutService,
    LinkOriginsService,
    LinkLocksService,
    LinkSlotsService,
    SlotHoldingService,
    LinkViewsService,
    LinkStatisticsService,
    PeriodLinksService,
    ReleasedMoneyService,
  ],
})
export class LinksModule {}
