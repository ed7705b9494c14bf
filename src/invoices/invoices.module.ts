import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { Invoice } from './invoice.entity';
import { InvoiceSettlementRepository } from './invoice-settlement.repository';
import { InvoiceSettlementService } from './invoice-settlement.service';
import { InvoicesRepository } from './invoices.repository';
import { InvoicesService } from './invoices.service';
import { InvoiceStatusService } from './invoice-status.service';

@Module({
  imports: [TypeOrmModule.forFeature([Invoice]), WebhooksModule],
  providers: [InvoicesRepository, InvoiceSettlementRepository, InvoicesService, InvoiceSettlementService, InvoiceStatusService],
  exports: [InvoicesService, InvoiceSettlementService, InvoiceStatusService],
})
export class InvoicesModule {}
