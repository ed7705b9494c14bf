import { type DynamicModule, Module } from '@nestjs/common';
import { AccountingModule } from '../accounting/accounting.module';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { AuthModule } from '../auth/auth.module';
import { KeysModule } from '../auth/keys.module';
import { DatabaseModule } from '../database/database.module';
import type { Clock } from '../common/clock';
import type { Env } from '../env';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { LivesModule } from '../lives/lives.module';
import { MerchantProfileModule } from '../merchants/merchant-profile.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { NoticesModule } from '../notices/notices.module';
import { PaymentsModule } from '../payments/payments.module';
import { PlatformModule } from '../platform.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { OperationsRepository } from './operations.repository';

const CONNECTIONS = 2;

/** What the commands need of the service: no routes, no timers, no ledger reader. */
@Module({})
export class CliModule {
  static with(env: Env, databaseUrl: string, clock: Clock): DynamicModule {
    const database = { url: databaseUrl, poolSize: CONNECTIONS, prepare: false, applicationName: 'lumentill-cli' };
    return {
      module: CliModule,
      imports: [
        PlatformModule.with(env, { clock }),
        DatabaseModule.connectedTo(database),
        AuditLogModule,
        LivesModule,
        IdempotencyModule,
        MerchantsModule,
        MerchantProfileModule,
        AuthModule,
        KeysModule,
        WebhooksModule,
        PaymentsModule,
        NoticesModule,
        AccountingModule,
      ],
      providers: [OperationsRepository],
    };
  }
}
