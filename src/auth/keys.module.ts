import { Module } from '@nestjs/common';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { MerchantsModule } from '../merchants/merchants.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { AuthModule } from './auth.module';
import { CredentialsRepository } from './credentials.repository';
import { KeyRecordsService } from './key-records.service';
import { KeysService } from './keys.service';

/** The partner API's face of credentials. */
@Module({
  imports: [AuditLogModule, AuthModule, MerchantsModule, WebhooksModule],
  providers: [CredentialsRepository, KeyRecordsService, KeysService],
  exports: [KeysService],
})
export class KeysModule {}
