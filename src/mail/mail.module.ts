import { Module } from '@nestjs/common';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { MailDispatchService } from './mail-dispatch.service';
import { MailOutboxRepository } from './mail-outbox.repository';
import { MailOutbox } from './mail-outbox.service';
import { MailQueueRepository } from './mail-queue.repository';
import { MailSeal } from './mail-seal';

@Module({
  imports: [WebhooksModule],
  providers: [MailSeal, MailOutboxRepository, MailOutbox, MailQueueRepository, MailDispatchService],
  exports: [MailOutbox, MailDispatchService],
})
export class MailModule {}
