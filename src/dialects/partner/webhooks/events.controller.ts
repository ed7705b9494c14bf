import { Controller, Get, Param } from '@nestjs/common';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import { EventReadsService } from '../../../webhooks/event-reads.service';
import type { PlacedEvent } from '../../../webhooks/placed-event';
import { Listing, type ListingOf } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { rowsWith, type RowsWith } from '../documents/document.interceptor';
import { events } from './event.resource';

/** Read only, oldest first: what was missed of the webhooks can be caught up here. */
@DocumentsOf(events)
@Controller('api/public/v1/events')
@Requires('events:read')
export class EventsController {
  constructor(private readonly reads: EventReadsService) {}

  @Get()
  async list(
    @Caller() caller: Principal,
    @Listing() { filter, page }: ListingOf<typeof events>,
  ): Promise<RowsWith<readonly PlacedEvent[]>> {
    const { events: found, cursor, resumed } = await this.reads.list(caller, filter, page);
    return rowsWith(found, { meta: { cursor, ...(resumed === null ? {} : { resumed: { ...resumed } }) } });
  }

  @Get(':id')
  read(@Caller() caller: Principal, @Param('id') id: string): Promise<PlacedEvent> {
    return this.reads.get(caller, id);
  }

  @Get(':id/relationships/:name')
  relationship(@Caller() caller: Principal, @Param('id') id: string): Promise<PlacedEvent> {
    return this.reads.get(caller, id);
  }

  @Get(':id/:name')
  related(@Caller() caller: Principal, @Param('id') id: string): Promise<PlacedEvent> {
    return this.reads.get(caller, id);
  }
}
