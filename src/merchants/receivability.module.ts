import { Module } from '@nestjs/common';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { ReceivabilityRepository } from './receivability.repository';
import { ReceivabilityService } from './receivability.service';

/** Whether what payers are asked to send can arrive. */
@Module({
  imports: [WebhooksModule],
  providers: [ReceivabilityRepository, ReceivabilityService],
  exports: [ReceivabilityService],
})
export class ReceivabilityModule {}
