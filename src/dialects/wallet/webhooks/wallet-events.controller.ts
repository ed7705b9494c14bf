import { Controller, Get, Query } from '@nestjs/common';
import { IsOptional, IsString, Matches, MaxLength } from '../../../http/validators';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import { FailsWith } from '../../../http/route-failure';
import type { RecordedEvent } from '../../../webhooks/event-types';
import { MAX_CURSOR_LENGTH } from '../../../webhooks/event-cursor';
import { EventsService } from '../../../webhooks/events.service';

const DEFAULT_LIMIT = 50;

class ListEventsQuery {
  @IsOptional() @IsString() @MaxLength(MAX_CURSOR_LENGTH) after?: string;
  @IsOptional() @Matches(/^([1-9]\d?|100)$/, { message: 'value must be a whole number from 1 to 100' }) limit?: string;
}

@Controller('api/webhooks')
export class WalletEventsController {
  constructor(private readonly events: EventsService) {}

  /** Everything that happened, oldest first, each event once to a reader that passes `cursor` on as `after`. */
  @Get('events')
  @Requires('events:read')
  @FailsWith('Failed to fetch events')
  async list(@Caller() caller: Principal, @Query() query: ListEventsQuery): Promise<unknown> {
    const { events, cursor, hasMore, resumed } = await this.events.list(
      caller.merchantId,
      query.after,
      Number(query.limit ?? DEFAULT_LIMIT),
    );
    // A key sees its own network only; the cursor still moves over the rest.
    return {
      events: events.filter((event) => caller.network === null || event.network === caller.network).map(eventView),
      cursor,
      hasMore,
      ...(resumed === null ? {} : { resumed }),
    };
  }
}

/** The envelope that webhook deliveries carry as well; `created` is in seconds since 1970. */
function eventView(event: RecordedEvent): Record<string, unknown> {
  return {
    id: `evt_${event.id}`,
    type: event.type,
    created: Math.floor(event.createdAt.getTime() / 1000),
    data: event.data,
  };
}
