import { Module } from '@nestjs/common';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { Randomness } from '../common/secrets';
import { Settings } from '../env';
import { LivesModule } from '../lives/lives.module';
import { DeliveryOutcomesRepository } from './delivery-outcomes.repository';
import { DeliveryQueueRepository } from './delivery-queue.repository';
import { EventFanOutRepository } from './event-fan-out.repository';
import { EventNumberingService } from './event-numbering.service';
import { EventNumbersRepository } from './event-numbers.repository';
import { EventPositionsService } from './event-positions.service';
import { EventPositionsRepository } from './event-positions.repository';
import { EventReadsRepository } from './event-reads.repository';
import { EventReadsService } from './event-reads.service';
import { EventsRepository } from './events.repository';
import { EventsService } from './events.service';
import { SecretBox } from '../common/secret-box';
import { secretsKeys } from './secrets-key';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository';
import { WebhookDeliveriesService } from './webhook-deliveries.service';
import { WebhookDispatchService } from './webhook-dispatch.service';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository';
import { WebhookEndpointsService } from './webhook-endpoints.service';
import { WebhookSecretsService } from './webhook-secrets.service';
import { WebhookSenderService } from './webhook-sender.service';

@Module({
  imports: [AuditLogModule, LivesModule],
  providers: [
    {
      provide: SecretBox,
      inject: [Settings, Randomness],
      useFactory: (settings: Settings, randomness: Randomness) =>
        new SecretBox(secretsKeys(settings, randomness), randomness),
    },
    EventsRepository,
    EventFanOutRepository,
    EventNumbersRepository,
    EventNumberingService,
    EventPositionsRepository,
    EventPositionsService,
    EventReadsRepository,
    EventReadsService,
    EventsService,
    WebhookSecretsService,
    WebhookEndpointsRepository,
    WebhookEndpointsService,
    WebhookDeliveriesRepository,
    WebhookDeliveriesService,
    DeliveryQueueRepository,
    DeliveryOutcomesRepository,
    WebhookSenderService,
    WebhookDispatchService,
  ],
  exports: [
    SecretBox,
    EventsService,
    EventReadsService,
    EventNumberingService,
    WebhookEndpointsService,
    WebhookDeliveriesService,
    WebhookDispatchService,
  ],
})
export class WebhooksModule {}
