import { Module } from '@nestjs/common';
import { InvoicesModule } from '../invoices/invoices.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { PaymentsModule } from '../payments/payments.module';
import { ReceiptPrinterService } from './receipt-printer.service';
import { ReceiptsRepository } from './receipts.repository';
import { ReceiptsService } from './receipts.service';

@Module({
  imports: [InvoicesModule, MerchantsModule, PaymentsModule],
  providers: [ReceiptsRepository, ReceiptsService, ReceiptPrinterService],
  exports: [ReceiptsService],
})
export class ReceiptsModule {}
