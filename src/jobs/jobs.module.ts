import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AuthModule } from '../auth/auth.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { LivesModule } from '../lives/lives.module';
import { ReceivabilityModule } from '../merchants/receivability.module';
import { PaymentsModule } from '../payments/payments.module';
import { BalanceCheckJob } from './balance-check.job';
import { EventNumberingJob } from './event-numbering.job';
import { ExpiryJob } from './expiry.job';
import { HousekeepingJob } from './housekeeping.job';
import { JobSlotsRepository } from './job-slots.repository';
import { RatesModule } from '../rates/rates.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { ReceivabilityJob } from './receivability.job';
import { ReconciliationJob } from './reconciliation.job';
import { WebhooksJob } from './webhooks.job';

/** Everything with a timer. A process with ROLE=api has none of it. */
@Module({})
export class JobsModule {
  static for(role: 'all' | 'api' | 'worker'): DynamicModule {
    if (role === 'api') return { module: JobsModule };
    return {
      module: JobsModule,
      imports: [
        LivesModule,
        IdempotencyModule,
        ScheduleModule.forRoot(),
        PaymentsModule,
        ReceivabilityModule,
        RatesModule,
        AuthModule,
        WebhooksModule,
      ],
      providers: [
        ReconciliationJob,
        ExpiryJob,
        BalanceCheckJob,
        ReceivabilityJob,
        HousekeepingJob,
        EventNumberingJob,
        WebhooksJob,
        JobSlotsRepository,
      ],
      exports: [ReconciliationJob],
    };
  }
}
