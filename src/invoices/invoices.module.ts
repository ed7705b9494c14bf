import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module';
import { LivesModule } from '../lives/lives.module';
import { ReceivabilityModule } from '../merchants/receivability.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { Invoice } from './invoice.entity';
import { InvoiceActions } from './invoice-actions.service';
import { InvoiceDoor } from './invoice-door.service';
import { InvoiceEndings } from './invoice-endings.service';
import { InvoiceEndingsRepository } from './invoice-endings.repository';
import { InvoiceIssue } from './invoice-issue.service';
import { InvoiceNumbers } from './invoice-numbers.service';
import { InvoiceNumbersRepository } from './invoice-numbers.repository';
import { InvoiceReads } from './invoice-reads.service';
import { InvoiceReadsRepository } from './invoice-reads.repository';
import { InvoiceSettlementRepository } from './invoice-settlement.repository';
import { InvoiceSettlementService } from './invoice-settlement.service';
import { InvoicesRepository } from './invoices.repository';
import { InvoicesService } from './invoices.service';
import { InvoiceStatusService } from './invoice-status.service';

@Module({
  imports: [LivesModule, TypeOrmModule.forFeature([Invoice]), AuditModule, MerchantsModule, ReceivabilityModule, WebhooksModule],
  providers: [InvoicesRepository, InvoiceNumbersRepository, InvoiceNumbers, InvoiceReadsRepository, InvoiceSettlementRepository, InvoiceEndingsRepository, InvoiceDoor, InvoiceEndings, InvoicesService, InvoiceActions, InvoiceReads, InvoiceIssue, InvoiceSettlementService, InvoiceStatusService],
  exports: [InvoiceDoor, InvoiceIssue, InvoicesService, InvoiceActions, InvoiceNumbers, InvoiceEndings, InvoiceReads, InvoiceSettlementService, InvoiceStatusService],
})
export class InvoicesModule {}
