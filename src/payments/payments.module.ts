import { Module } from '@nestjs/common';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { DeadlinesModule } from '../deadlines/deadlines.module';
import { InvoicesModule } from '../invoices/invoices.module';
import { LinksModule } from '../links/links.module';
import { LivesModule } from '../lives/lives.module';
import { ReceivabilityModule } from '../merchants/receivability.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { RatesModule } from '../rates/rates.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { BalanceCheckService } from './balance-check.service';
import { BalancesRepository } from './balances.repository';
import { ConfirmationService } from './confirmation.service';
import { CreditPiecesService } from './credit-pieces.service';
import { CursorsRepository } from './cursors.repository';
import { DeadlineRepairRepository } from './deadline-repair.repository';
import { DeadlineRepairService } from './deadline-repair.service';
import { ExpiryService } from './expiry.service';
import { HeldSurplusRepository } from './held-surplus.repository';
import { HeldSurplusService } from './held-surplus.service';
import { IntentsRepository } from './intents.repository';
import { LedgerHealthService } from './ledger-health.service';
import { NamedInvoicesService } from './named-invoices.service';
import { PageRecorderService } from './page-recorder.service';
import { PreparedPaymentsService } from './prepared-payments.service';
import { PayIntentsService } from './pay-intents.service';
import { PaymentAttachmentService } from './payment-attachment.service';
import { PaymentReadsRepository } from './payment-reads.repository';
import { InvoiceRecordService } from './invoice-record.service';
import { InvoiceRecordRepository } from './invoice-record.repository';
import { PaymentReadsService } from './payment-reads.service';
import { PaymentResolutionsRepository } from './payment-resolutions.repository';
import { PaymentResolutionsService } from './payment-resolutions.service';
import { InvoiceExchangeRoutesService } from './invoice-exchange-routes.service';
import { PaymentUriService } from './payment-uri.service';
import { PaymentsRepository } from './payments.repository';
import { PaymentsService } from './payments.service';
import { QuarantineService } from './quarantine.service';
import { QuarantineRepository } from './quarantine.repository';
import { RecoveryService } from './recovery.service';
import { ReconciliationService } from './reconciliation.service';
import { SettlingApartService } from './settling-apart.service';
import { SubmissionService } from './submission.service';

@Module({
  imports: [
    LivesModule,
    AuditLogModule,
    DeadlinesModule,
    InvoicesModule,
    LinksModule,
    MerchantsModule,
    ReceivabilityModule,
    RatesModule,
    WebhooksModule,
  ],
  providers: [
    PaymentsRepository,
    QuarantineRepository,
    NamedInvoicesService,
    InvoiceRecordRepository,
    InvoiceRecordService,
    PaymentReadsRepository,
    PaymentReadsService,
    PaymentResolutionsRepository,
    PaymentResolutionsService,
    PaymentAttachmentService,
    BalancesRepository,
    BalanceCheckService,
    CursorsRepository,
    IntentsRepository,
    PreparedPaymentsService,
    PaymentsService,
    HeldSurplusRepository,
    HeldSurplusService,
    CreditPiecesService,
    QuarantineService,
    PageRecorderService,
    SettlingApartService,
    RecoveryService,
    ReconciliationService,
    ExpiryService,
    DeadlineRepairRepository,
    DeadlineRepairService,
    LedgerHealthService,
    PayIntentsService,
    InvoiceExchangeRoutesService,
    PaymentUriService,
    SubmissionService,
    ConfirmationService,
  ],
  exports: [
    PaymentsService,
    HeldSurplusService,
    InvoiceRecordService,
    PaymentResolutionsService,
    PaymentReadsService,
    BalanceCheckService,
    QuarantineService,
    SettlingApartService,
    ReconciliationService,
    ExpiryService,
    DeadlineRepairService,
    LedgerHealthService,
    PayIntentsService,
    InvoiceExchangeRoutesService,
    PaymentUriService,
    SubmissionService,
    ConfirmationService,
  ],
})
export class PaymentsModule {}
