import { Module } from '@nestjs/common';
import { CustomersModule } from '../../customers/customers.module';
import { IdempotencyModule } from '../../idempotency/idempotency.module';
import { InvoicesModule } from '../../invoices/invoices.module';
import { LinksModule } from '../../links/links.module';
import { ReceivabilityModule } from '../../merchants/receivability.module';
import { MerchantsModule } from '../../merchants/merchants.module';
import { PaymentsModule } from '../../payments/payments.module';
import { PricesModule } from '../../prices/prices.module';
import { RatesModule } from '../../rates/rates.module';
import { WebhooksModule } from '../../webhooks/webhooks.module';
import { WalletAuthModule } from './auth/wallet-auth.module';
import { WalletClientsController } from './clients/wallet-clients.controller';
import { WalletInvoiceReadsService } from './invoices/wallet-invoice-reads.service';
import { WalletInvoicesController } from './invoices/wallet-invoices.controller';
import { WalletInvoicesService } from './invoices/wallet-invoices.service';
import { WalletLinksController } from './links/wallet-links.controller';
import { WalletLinkReadsService } from './links/wallet-link-reads.service';
import { WalletLinksService } from './links/wallet-links.service';
import { WalletPaymentsController } from './payments/wallet-payments.controller';
import { WalletPaymentsService } from './payments/wallet-payments.service';
import { WalletPricesController } from './prices/wallet-prices.controller';
import { WalletWarningsService } from './wallet-warnings.service';
import { WalletContextService } from './wallet-context.service';
import { WalletHealthController } from './wallet-health.controller';
import { WalletEventsController } from './webhooks/wallet-events.controller';
import { WalletWebhooksController } from './webhooks/wallet-webhooks.controller';

/** The wallet API: plain JSON, `{error}`, wallet signature or key. */
@Module({
  imports: [
    WalletAuthModule,
    CustomersModule,
    IdempotencyModule,
    InvoicesModule,
    LinksModule,
    MerchantsModule,
    ReceivabilityModule,
    PaymentsModule,
    PricesModule,
    RatesModule,
    WebhooksModule,
  ],
  controllers: [
    WalletLinksController,
    WalletPaymentsController,
    WalletInvoicesController,
    WalletClientsController,
    WalletPricesController,
    WalletEventsController,
    WalletWebhooksController,
    WalletHealthController,
  ],
  providers: [
    WalletContextService,
    WalletLinkReadsService,
    WalletLinksService,
    WalletPaymentsService,
    WalletInvoicesService,
    WalletInvoiceReadsService,
    WalletWarningsService,
  ],
})
export class WalletModule {}
