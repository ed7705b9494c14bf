import { Module } from '@nestjs/common';
import { InvoicesModule } from '../../invoices/invoices.module';
import { LinksModule } from '../../links/links.module';
import { MerchantsModule } from '../../merchants/merchants.module';
import { PaymentsModule } from '../../payments/payments.module';
import { WalletAuthModule } from './auth/wallet-auth.module';
import { WalletLinksController } from './links/wallet-links.controller';
import { WalletLinks } from './links/wallet-links.service';
import { WalletPaymentsController } from './payments/wallet-payments.controller';
import { WalletPayments } from './payments/wallet-payments.service';
import { WalletContext } from './wallet-context.service';

/** The wallet API: plain JSON, `{error}`, wallet signature or key. */
@Module({
  imports: [WalletAuthModule, InvoicesModule, LinksModule, MerchantsModule, PaymentsModule],
  controllers: [WalletLinksController, WalletPaymentsController],
  providers: [WalletContext, WalletLinks, WalletPayments],
})
export class WalletModule {}
