import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AuthModule } from '../auth/auth.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { LivesModule } from '../lives/lives.module';
import { ReceivabilityModule } from '../merchants/receivability.module';
import { IncidentsModule } from '../incidents/incidents.module';
import { MailModule } from '../mail/mail.module';
import { PaymentsModule } from '../payments/payments.module';
import { BalanceCheckJob } from './balance-check.job';
import { DueWorkRepository } from './due-work.repository';
import { DueWorkService } from './due-work.service';
import { EventNumberingJob } from './event-numbering.job';
import { ExpiryJob } from './expiry.job';
import { HousekeepingJob } from './housekeeping.job';
import { JobTicksRepository } from './job-ticks.repository';
import { RatesModule } from '../rates/rates.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { IncidentsJob } from './incidents.job';
import { MailJob } from './mail.job';
import { ReceivabilityJob } from './receivability.job';
import { ReconciliationJob } from './reconciliation.job';
import { SubscriptionsModule } from '../subscriptions/subscriptions.module';
import { SubscriptionsJob } from './subscriptions.job';
import { WebhooksJob } from './webhooks.job';

/**
 * Everything with a timer. A process with ROLE=api has none of it. Where the clock can be moved it has the jobs without their
 * timers, because each move of the clock does what is due.
 */
@Module({})
export class JobsModule {
  static for(role: 'all' | 'api' | 'worker', movableClock: boolean): DynamicModule {
    if (role === 'api' && !movableClock) return { module: JobsModule };
    return {
      module: JobsModule,
      imports: [
        LivesModule,
        IdempotencyModule,
        ...(role === 'api' ? [] : [ScheduleModule.forRoot()]),
        PaymentsModule,
        SubscriptionsModule,
        ReceivabilityModule,
        RatesModule,
        AuthModule,
        WebhooksModule,
        MailModule,
        IncidentsModule,
      ],
      providers: [
        ReconciliationJob,
        ExpiryJob,
        SubscriptionsJob,
        BalanceCheckJob,
        ReceivabilityJob,
        HousekeepingJob,
        EventNumberingJob,
        WebhooksJob,
        MailJob,
        IncidentsJob,
        JobTicksRepository,
        ...(movableClock ? [DueWorkRepository, DueWorkService] : []),
      ],
      exports: [ReconciliationJob],
    };
  }
}
