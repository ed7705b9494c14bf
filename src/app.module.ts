import { type DynamicModule, Module } from '@nestjs/common';
import { sandboxModules } from './app.sandbox';
import { AuthModule } from './auth/auth.module';
import { KeysModule } from './auth/keys.module';
import { CheckoutModule } from './checkout/checkout.module';
import type { Connections } from './database/connections';
import { DatabaseModule } from './database/database.module';
import { MerchantModule } from './dialects/merchant/merchant.module';
import { WalletModule } from './dialects/wallet/wallet.module';
import type { Env } from './env';
import { HealthModule } from './health/health.module';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { InvoicesModule } from './invoices/invoices.module';
import { JobsModule } from './jobs/jobs.module';
import { LinksModule } from './links/links.module';
import { LivesModule } from './lives/lives.module';
import { MailModule } from './mail/mail.module';
import { MerchantProfileModule } from './merchants/merchant-profile.module';
import { MerchantsModule } from './merchants/merchants.module';
import { NoticesModule } from './notices/notices.module';
import { PartnerModule } from './dialects/partner/partner.module';
import { PaymentsModule } from './payments/payments.module';
import { PlatformModule, type Ports } from './platform.module';
import { RatesModule } from './rates/rates.module';
import { ProductsModule } from './products/products.module';
import { ReceiptsModule } from './receipts/receipts.module';
import { SubscriptionsModule } from './subscriptions/subscriptions.module';
import { WebhooksModule } from './webhooks/webhooks.module';

/** The only list of modules. */
@Module({})
export class AppModule {
  static with(env: Env, options: { databaseUrl: string; ports?: Ports; connections?: Connections }): DynamicModule {
    const database = {
      url: options.databaseUrl,
      poolSize: env.databasePoolSize,
      prepare: env.databasePrepare,
      timeoutMs: env.databaseTimeoutMs,
      applicationName: `lumentill-${env.role}`,
    };
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(env, options.ports ?? {}),
        DatabaseModule.connectedTo(database, options.connections),
        ...sandboxModules(env, options.ports?.clockLimits),
        LivesModule,
        MerchantsModule,
        MerchantProfileModule,
        AuthModule,
        KeysModule,
        IdempotencyModule,
        WebhooksModule,
        MailModule,
        RatesModule,
        ProductsModule,
        InvoicesModule,
        LinksModule,
        PaymentsModule,
        SubscriptionsModule,
        ReceiptsModule,
        NoticesModule,
        PartnerModule,
        MerchantModule,
        WalletModule,
        CheckoutModule,
        HealthModule,
        JobsModule.for(env.role, env.sandboxClock),
      ],
    };
  }
}
