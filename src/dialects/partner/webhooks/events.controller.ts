import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { PartnerLoadersService } from '../partner-loaders.service';
import { EventReadsService } from '../../../webhooks/event-reads.service';
import { events } from './event.resource';

/** Read only, oldest first: what was missed of the webhooks can be caught up here. */
@Controller('api/public/v1/events')
@Requires('events:read')
export class EventsController {
  constructor(
    private readonly api: JsonApi,
    private readonly reads: EventReadsService,
    private readonly loaders: PartnerLoadersService,
  ) {}

  @Get()
  async list(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(events, request, caller.merchantId);
    const { events: found, cursor, resumed } = await this.reads.list(caller, query.filter, query.page);
    return this.api.list(events, query, found, this.loaders.of(caller), { meta: { cursor, ...(resumed === null ? {} : { resumed: { ...resumed } }) } });
  }

  @Get(':id')
  async read(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(events, request);
    return this.api.one(events, query, await this.reads.get(caller, id), this.loaders.of(caller));
  }

  @Get(':id/relationships/:name')
  async relationship(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.relationship(events, name, request, await this.reads.get(caller, id), this.loaders.of(caller));
  }

  @Get(':id/:name')
  async related(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.related(events, name, request, await this.reads.get(caller, id), this.loaders.of(caller));
  }
}
