import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { AccountProofs } from './account-proofs.service';
import { MemberChanges } from './member-changes.service';
import { Member } from './member.entity';
import { MembersController } from './members.controller';
import { MembersRepository } from './members.repository';
import { MembersService } from './members.service';
import { MerchantProfileRepository } from './merchant-profile.repository';
import { MerchantProfile } from './merchant-profile.service';
import { Merchant } from './merchant.entity';
import { MerchantsController } from './merchants.controller';
import { MerchantsRepository } from './merchants.repository';
import { MerchantsService } from './merchants.service';
import { ReceivingAccount } from './receiving-account.entity';
import { ReceivingAccountsController } from './receiving-accounts.controller';
import { ReceivingAccountsRepository } from './receiving-accounts.repository';
import { ReceivingAccountsService } from './receiving-accounts.service';

@Module({
  imports: [TypeOrmModule.forFeature([Merchant, Member, ReceivingAccount]), AuditModule, WebhooksModule],
  controllers: [MerchantsController, MembersController, ReceivingAccountsController],
  providers: [
    AccountProofs,
    MemberChanges,
    MembersRepository,
    MembersService,
    MerchantProfile,
    MerchantProfileRepository,
    MerchantsRepository,
    MerchantsService,
    ReceivingAccountsRepository,
    ReceivingAccountsService,
  ],
  exports: [MerchantsService],
})
export class MerchantsModule {}
