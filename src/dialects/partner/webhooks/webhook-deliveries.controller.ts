import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { RateLimited, Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { isoInstant } from '../../../common/clock';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { PartnerLoadersService } from '../partner-loaders.service';
import { webhookDeliveries } from './webhook-delivery.resource';
import { WebhookDeliveriesService } from '../../../webhooks/webhook-deliveries.service';

const RESEND_LIMIT = { name: 'webhook-resend', limit: () => 60, windowSeconds: 60, message: 'Too many deliveries were sent again, please try again later' };

/** What was told to which endpoint, and what it answered. */
@Controller('api/public/v1/webhook_deliveries')
@Requires('webhooks:read')
export class WebhookDeliveriesController {
  constructor(
    private readonly api: JsonApi,
    private readonly deliveries: WebhookDeliveriesService,
    private readonly loaders: PartnerLoadersService,
  ) {}

  @Get()
  async list(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(webhookDeliveries, request, caller.merchantId);
    return this.api.list(webhookDeliveries, query, await this.deliveries.list(caller, query.filter, query.page), this.loaders.of(caller));
  }

  /** With the log of its latest fifty attempts in `meta`. */
  @Get(':id')
  async read(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(webhookDeliveries, request);
    const delivery = await this.deliveries.get(caller, id);
    const attempts = await this.deliveries.attempts(delivery);
    const log = attempts.map(({ number, startedAt, latencyMs, statusCode, failure, excerpt }) => ({ number, startedAt: isoInstant(startedAt), latencyMs, statusCode, failure, excerpt }));
    return this.api.one(webhookDeliveries, query, delivery, this.loaders.of(caller), { meta: { attempts: log } });
  }

  /** Once more under the same `webhook-id`, whatever became of it. */
  @Post(':id/resend')
  @HttpCode(202)
  @Idempotent()
  @RateLimited(RESEND_LIMIT)
  @Requires('webhooks:write')
  async resend(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(webhookDeliveries, request);
    return this.api.one(webhookDeliveries, query, await this.deliveries.resend(author, id), this.loaders.of(author), { status: 202 });
  }

  @Get(':id/relationships/:name')
  async relationship(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.relationship(webhookDeliveries, name, request, await this.deliveries.get(caller, id), this.loaders.of(caller));
  }

  @Get(':id/:name')
  async related(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.related(webhookDeliveries, name, request, await this.deliveries.get(caller, id), this.loaders.of(caller));
  }
}
