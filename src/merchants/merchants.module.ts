import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Member } from './member.entity';
import { Merchant } from './merchant.entity';
import { MerchantsRepository } from './merchants.repository';
import { MerchantsService } from './merchants.service';
import { ReceivingAccount } from './receiving-account.entity';

@Module({
  imports: [TypeOrmModule.forFeature([Merchant, Member, ReceivingAccount])],
  providers: [MerchantsRepository, MerchantsService],
  exports: [MerchantsService],
})
export class MerchantsModule {}
