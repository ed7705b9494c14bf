import { Module } from '@nestjs/common';
import { MailDispatchService } from './mail-dispatch.service';
import { MailOutboxRepository } from './mail-outbox.repository';
import { MailOutbox } from './mail-outbox.service';
import { MailQueueRepository } from './mail-queue.repository';

@Module({
  providers: [MailOutboxRepository, MailOutbox, MailQueueRepository, MailDispatchService],
  exports: [MailOutbox, MailDispatchService],
})
export class MailModule {}
