import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { NoticesRepository } from './notices.repository';
import { NoticesService } from './notices.service';

@Module({ imports: [MailModule, WebhooksModule], providers: [NoticesRepository, NoticesService] })
export class NoticesModule {}
