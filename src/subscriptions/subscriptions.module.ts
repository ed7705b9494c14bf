import { Module } from '@nestjs/common';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { CustomersModule } from '../customers/customers.module';
import { DeadlinesModule } from '../deadlines/deadlines.module';
import { InvoicesModule } from '../invoices/invoices.module';
import { LinksModule } from '../links/links.module';
import { MailModule } from '../mail/mail.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { PaymentsModule } from '../payments/payments.module';
import { RatesModule } from '../rates/rates.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { EnrolmentService } from './enrolment.service';
import { FiatPeriodsService } from './fiat-periods.service';
import { PeriodsRepository } from './periods.repository';
import { PortalTokensRepository } from './portal-tokens.repository';
import { PortalTokensService } from './portal-tokens.service';
import { RemindersRepository } from './reminders.repository';
import { RemindersService } from './reminders.service';
import { SubscriptionActionsService } from './subscription-actions.service';
import { SubscriptionFollowerService } from './subscription-follower.service';
import { SubscriptionInvoicesService } from './subscription-invoices.service';
import { SubscriptionReadsService } from './subscription-reads.service';
import { SubscriptionStoreService } from './subscription-store.service';
import { SubscriptionTimeService } from './subscription-time.service';
import { SubscriptionsRepository } from './subscriptions.repository';
import { SubscribersService } from './subscribers.service';
import { SubscribingService } from './subscribing.service';

@Module({
  imports: [
    AuditLogModule,
    CustomersModule,
    DeadlinesModule,
    InvoicesModule,
    LinksModule,
    MailModule,
    MerchantsModule,
    PaymentsModule,
    RatesModule,
    WebhooksModule,
  ],
  providers: [
    SubscriptionsRepository,
    PeriodsRepository,
    RemindersRepository,
    PortalTokensRepository,
    PortalTokensService,
    SubscriptionStoreService,
    SubscriptionInvoicesService,
    FiatPeriodsService,
    SubscriptionFollowerService,
    SubscriptionTimeService,
    SubscriptionActionsService,
    SubscriptionReadsService,
    SubscribersService,
    SubscribingService,
    RemindersService,
    EnrolmentService,
  ],
  exports: [
    PortalTokensService,
    SubscriptionTimeService,
    SubscriptionActionsService,
    SubscriptionReadsService,
    SubscribingService,
    EnrolmentService,
  ],
})
export class SubscriptionsModule {}
