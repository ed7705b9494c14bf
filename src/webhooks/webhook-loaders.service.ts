import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LoaderRegistry } from '../jsonapi/loader-registry';
import { EventReads } from './event-reads.service';
import type { WebhookOwner } from './webhook-endpoint';
import { WebhookEndpointsService } from './webhook-endpoints.service';

/** How documents come to include events and endpoints. */
@Injectable()
export class WebhookLoaders implements OnModuleInit {
  constructor(
    private readonly loaders: LoaderRegistry,
    private readonly events: EventReads,
    private readonly endpoints: WebhookEndpointsService,
  ) {}

  onModuleInit(): void {
    this.loaders.addById('events', (reader, ids) => this.events.listByIds(reader as WebhookOwner, ids));
    this.loaders.addById('webhookEndpoints', (reader, ids) => this.endpoints.listByIds(reader as WebhookOwner, ids));
  }
}
