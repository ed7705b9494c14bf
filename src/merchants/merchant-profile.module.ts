import { Module } from '@nestjs/common';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { AccountProofsService } from './account-proofs.service';
import { MemberChangesService } from './member-changes.service';
import { MembersRepository } from './members.repository';
import { MembersService } from './members.service';
import { MerchantProfileRepository } from './merchant-profile.repository';
import { MerchantProfileService } from './merchant-profile.service';
import { ReceivingAccountsRepository } from './receiving-accounts.repository';
import { ReceivingAccountsService } from './receiving-accounts.service';

/** The partner API's face of a merchant: its settings, its members, and where its money arrives. */
@Module({
  imports: [AuditLogModule, WebhooksModule],
  providers: [
    AccountProofsService,
    MemberChangesService,
    MembersRepository,
    MembersService,
    MerchantProfileService,
    MerchantProfileRepository,
    ReceivingAccountsRepository,
    ReceivingAccountsService,
  ],
  exports: [MembersService, MerchantProfileService, ReceivingAccountsService],
})
export class MerchantProfileModule {}
