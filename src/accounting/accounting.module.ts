import { Module } from '@nestjs/common';
import { MerchantsModule } from '../merchants/merchants.module';
import { AccountingRepository } from './accounting.repository';
import { AccountingService } from './accounting.service';

@Module({
  imports: [MerchantsModule],
  providers: [AccountingRepository, AccountingService],
  exports: [AccountingService],
})
export class AccountingModule {}
