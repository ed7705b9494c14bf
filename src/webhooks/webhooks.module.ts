import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { Randomness } from '../common/secrets';
import { Settings } from '../env';
import { LivesModule } from '../lives/lives.module';
import { DeliveryOutcomesRepository } from './delivery-outcomes.repository';
import { DeliveryQueueRepository } from './delivery-queue.repository';
import { EventFanOutRepository } from './event-fan-out.repository';
import { EventNumbering } from './event-numbering.service';
import { EventNumbersRepository } from './event-numbers.repository';
import { EventPositions } from './event-positions.service';
import { EventPositionsRepository } from './event-positions.repository';
import { EventReadsRepository } from './event-reads.repository';
import { EventReads } from './event-reads.service';
import { EventsRepository } from './events.repository';
import { EventsService } from './events.service';
import { SecretBox } from './secret-box';
import { secretsKeys } from './secrets-key';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository';
import { WebhookDeliveriesService } from './webhook-deliveries.service';
import { WebhookDispatch } from './webhook-dispatch.service';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository';
import { WebhookEndpointsService } from './webhook-endpoints.service';
import { WebhookSecrets } from './webhook-secrets.service';
import { WebhookSender } from './webhook-sender.service';

@Module({
  imports: [AuditModule, LivesModule],
  providers: [
    { provide: SecretBox, inject: [Settings, Randomness], useFactory: (settings: Settings, randomness: Randomness) => new SecretBox(secretsKeys(settings, randomness), randomness) },
    EventsRepository,
    EventFanOutRepository,
    EventNumbersRepository,
    EventNumbering,
    EventPositionsRepository,
    EventPositions,
    EventReadsRepository,
    EventReads,
    EventsService,
    WebhookSecrets,
    WebhookEndpointsRepository,
    WebhookEndpointsService,
    WebhookDeliveriesRepository,
    WebhookDeliveriesService,
    DeliveryQueueRepository,
    DeliveryOutcomesRepository,
    WebhookSender,
    WebhookDispatch,
  ],
  exports: [EventsService, EventReads, EventNumbering, WebhookEndpointsService, WebhookDeliveriesService, WebhookDispatch],
})
export class WebhooksModule {}
