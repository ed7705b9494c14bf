import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module';
import { InvoicesModule } from '../invoices/invoices.module';
import { LivesModule } from '../lives/lives.module';
import { ReceivabilityModule } from '../merchants/receivability.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { ProductsModule } from '../products/products.module';
import { RatesModule } from '../rates/rates.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { InvoiceSupersession } from './invoice-supersession.service';
import { InvoiceSupersessionsRepository } from './invoice-supersessions.repository';
import { Link } from './link.entity';
import { LinkBirth } from './link-birth.service';
import { LinkChanges } from './link-changes.service';
import { LinkCheckout } from './choices/link-checkout.service';
import { LinkChoiceKeys } from './choices/link-choice-keys.service';
import { LinkChoice } from './choices/link-choice.service';
import { LinkChoicesRepository } from './choices/link-choices.repository';
import { LinkFollower } from './link-follower.service';
import { LinkGoods } from './offers/link-goods.service';
import { LinkInvoices } from './link-invoices.service';
import { LinkLocks } from './link-locks.service';
import { LinkLocksRepository } from './link-locks.repository';
import { LinkOffers } from './offers/link-offers.service';
import { LinkOpening } from './link-opening.service';
import { LinkOrigins } from './link-origins.service';
import { LinkOriginsRepository } from './link-origins.repository';
import { LinkPricing } from './offers/link-pricing.service';
import { LinkRecord } from './link-record.service';
import { LinkRivals } from './choices/link-rivals.service';
import { LinkRivalsRepository } from './choices/link-rivals.repository';
import { LinkSlots } from './slots/link-slots.service';
import { LinkSlotsRepository } from './slots/link-slots.repository';
import { LinkWarnings } from './link-warnings.service';
import { LinksRepository } from './links.repository';
import { LinksService } from './links.service';
import { ReleasedMoney } from './choices/released-money.service';
import { ReleasedMoneyRepository } from './choices/released-money.repository';
import { ReusableLinks } from './slots/reusable-links.service';

@Module({
  imports: [LivesModule, TypeOrmModule.forFeature([Link]), AuditModule, InvoicesModule, MerchantsModule, ReceivabilityModule, ProductsModule, RatesModule, WebhooksModule],
  providers: [
    LinksRepository, LinkChoicesRepository, LinkSlotsRepository, LinksService, LinkRecord, LinkGoods, LinkInvoices, LinkBirth, LinkOpening, LinkChanges, LinkPricing, LinkOffers,
    LinkSlots, LinkRivals, LinkRivalsRepository, LinkChoiceKeys, LinkWarnings, LinkChoice, ReusableLinks, LinkCheckout, LinkFollower, InvoiceSupersession, InvoiceSupersessionsRepository, ReleasedMoney, ReleasedMoneyRepository,
    LinkOriginsRepository, LinkOrigins, LinkLocksRepository, LinkLocks,
  ],
  exports: [LinksService, LinkOpening, LinkChanges, LinkWarnings, LinkGoods, LinkPricing, LinkInvoices, InvoiceSupersession, LinkChoice, LinkCheckout, LinkOrigins, LinkLocks],
})
export class LinksModule {}
