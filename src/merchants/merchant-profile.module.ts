import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { AccountProofs } from './account-proofs.service';
import { MemberChanges } from './member-changes.service';
import { MembersRepository } from './members.repository';
import { MembersService } from './members.service';
import { MerchantProfileRepository } from './merchant-profile.repository';
import { MerchantProfile } from './merchant-profile.service';
import { ReceivingAccountsRepository } from './receiving-accounts.repository';
import { ReceivingAccountsService } from './receiving-accounts.service';

/** The partner API's face of a merchant: its settings, its members, and where its money arrives. */
@Module({
  imports: [AuditModule, WebhooksModule],
  providers: [AccountProofs, MemberChanges, MembersRepository, MembersService, MerchantProfile, MerchantProfileRepository, ReceivingAccountsRepository, ReceivingAccountsService],
  exports: [MembersService, MerchantProfile, ReceivingAccountsService],
})
export class MerchantProfileModule {}
