import { Module } from '@nestjs/common';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { LivesModule } from '../lives/lives.module';
import { MailModule } from '../mail/mail.module';
import { ReceivabilityModule } from '../merchants/receivability.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { InvoiceActionsService } from './invoice-actions.service';
import { InvoiceDoorService } from './invoice-door.service';
import { InvoiceEndingsService } from './invoice-endings.service';
import { InvoiceEndingsRepository } from './invoice-endings.repository';
import { InvoicePayerRepository } from './invoice-payer.repository';
import { InvoicePayerService } from './invoice-payer.service';
import { InvoiceErasureService } from './invoice-erasure.service';
import { InvoiceIssueService } from './invoice-issue.service';
import { InvoiceNumbersService } from './invoice-numbers.service';
import { InvoiceNumbersRepository } from './invoice-numbers.repository';
import { InvoiceReadsService } from './invoice-reads.service';
import { InvoiceReadsRepository } from './invoice-reads.repository';
import { InvoiceSettlementRepository } from './invoice-settlement.repository';
import { InvoiceSettlementService } from './invoice-settlement.service';
import { InvoicesRepository } from './invoices.repository';
import { InvoicesService } from './invoices.service';
import { InvoiceStatusService } from './invoice-status.service';

@Module({
  imports: [LivesModule, AuditLogModule, MailModule, MerchantsModule, ReceivabilityModule, WebhooksModule],
  providers: [
    InvoicesRepository,
    InvoiceNumbersRepository,
    InvoiceNumbersService,
    InvoiceReadsRepository,
    InvoiceSettlementRepository,
    InvoiceEndingsRepository,
    InvoiceDoorService,
    InvoiceEndingsService,
    InvoicesService,
    InvoiceActionsService,
    InvoiceErasureService,
    InvoicePayerRepository,
    InvoicePayerService,
    InvoiceReadsService,
    InvoiceIssueService,
    InvoiceSettlementService,
    InvoiceStatusService,
  ],
  exports: [
    InvoiceDoorService,
    InvoiceIssueService,
    InvoicesService,
    InvoiceActionsService,
    InvoiceErasureService,
    InvoicePayerService,
    InvoiceNumbersService,
    InvoiceEndingsService,
    InvoiceReadsService,
    InvoiceSettlementService,
    InvoiceStatusService,
  ],
})
export class InvoicesModule {}
