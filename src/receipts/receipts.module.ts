import { Module } from '@nestjs/common';
import { InvoicesModule } from '../invoices/invoices.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { PaymentsModule } from '../payments/payments.module';
import { ReceiptPrinter } from './receipt-printer.service';
import { ReceiptsRepository } from './receipts.repository';
import { ReceiptsService } from './receipts.service';

@Module({
  imports: [InvoicesModule, MerchantsModule, PaymentsModule],
  providers: [ReceiptsRepository, ReceiptsService, ReceiptPrinter],
  exports: [ReceiptsService],
})
export class ReceiptsModule {}
