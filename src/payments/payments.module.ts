import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InvoicesModule } from '../invoices/invoices.module';
import { LinksModule } from '../links/links.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { BalanceCheckService } from './balance-check.service';
import { BalancesRepository } from './balances.repository';
import { ConfirmationService } from './confirmation.service';
import { CursorsRepository } from './cursors.repository';
import { ExpiryService } from './expiry.service';
import { IntentsRepository } from './intents.repository';
import { LedgerHealthService } from './ledger-health.service';
import { PayIntentsService } from './pay-intents.service';
import { Payment } from './payment.entity';
import { PaymentUriService } from './payment-uri.service';
import { PaymentsRepository } from './payments.repository';
import { PaymentsService } from './payments.service';
import { ReconciliationService } from './reconciliation.service';
import { SubmissionService } from './submission.service';

@Module({
  imports: [TypeOrmModule.forFeature([Payment]), InvoicesModule, LinksModule, MerchantsModule, WebhooksModule],
  providers: [PaymentsRepository, BalancesRepository, BalanceCheckService, CursorsRepository, IntentsRepository, PaymentsService, ReconciliationService, ExpiryService, LedgerHealthService, PayIntentsService, PaymentUriService, SubmissionService, ConfirmationService],
  exports: [PaymentsService, BalanceCheckService, ReconciliationService, ExpiryService, LedgerHealthService, PayIntentsService, PaymentUriService, SubmissionService, ConfirmationService],
})
export class PaymentsModule {}
