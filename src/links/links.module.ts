import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module';
import { InvoicesModule } from '../invoices/invoices.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { RatesModule } from '../rates/rates.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { InvoiceCancellationController } from './invoice-cancellation.controller';
import { InvoiceCancellation } from './invoice-cancellation.service';
import { Link } from './link.entity';
import { LinkCheckout } from './link-checkout.service';
import { LinkChoice } from './link-choice.service';
import { LinkFaces } from './link-faces.service';
import { LinkInvoices } from './link-invoices.service';
import { LinkOpening } from './link-opening.service';
import { LinkPricing } from './link-pricing.service';
import { LinkRecord } from './link-record.service';
import { LinksController } from './links.controller';
import { LinksRepository } from './links.repository';
import { LinksService } from './links.service';

@Module({
  imports: [TypeOrmModule.forFeature([Link]), AuditModule, InvoicesModule, MerchantsModule, RatesModule, WebhooksModule],
  controllers: [LinksController, InvoiceCancellationController],
  providers: [LinksRepository, LinksService, LinkRecord, LinkInvoices, LinkOpening, LinkFaces, LinkPricing, LinkChoice, LinkCheckout, InvoiceCancellation],
  exports: [LinksService, LinkChoice, LinkCheckout],
})
export class LinksModule {}
