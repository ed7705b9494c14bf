import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { RateLimited, Requires } from '../../../auth/policy';
import { isoInstant } from '../../../common/clock';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { WebhookDeliveriesService } from '../../../webhooks/webhook-deliveries.service';
import type { WebhookDelivery } from '../../../webhooks/webhook-delivery';
import { Listing, type ListingOf } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { rowsWith, type RowsWith } from '../documents/document.interceptor';
import { webhookDeliveries } from './webhook-delivery.resource';

const RESEND_LIMIT = {
  name: 'webhook-resend',
  limit: () => 60,
  windowSeconds: 60,
  message: 'Too many deliveries were sent again, please try again later',
};

/** What was sent to which endpoint, and what it answered. */
@DocumentsOf(webhookDeliveries)
@Controller('api/public/v1/webhook_deliveries')
@Requires('webhooks:read')
export class WebhookDeliveriesController {
  constructor(private readonly deliveries: WebhookDeliveriesService) {}

  @Get()
  list(
    @Caller() caller: Principal,
    @Listing() { filter, page }: ListingOf<typeof webhookDeliveries>,
  ): Promise<WebhookDelivery[]> {
    return this.deliveries.list(caller, filter, page);
  }

  /** With the log of its latest fifty attempts in `meta`. */
  @Get(':id')
  async read(@Caller() caller: Principal, @Param('id') id: string): Promise<RowsWith<WebhookDelivery>> {
    const delivery = await this.deliveries.get(caller, id);
    const attempts = await this.deliveries.attempts(delivery);
    const log = attempts.map(({ number, startedAt, latencyMs, statusCode, failure, excerpt }) => ({
      number,
      startedAt: isoInstant(startedAt),
      latencyMs,
      statusCode,
      failure,
      excerpt,
    }));
    return rowsWith(delivery, { meta: { attempts: log } });
  }

  /** Once more under the same `webhook-id`, whatever became of it. */
  @Post(':id/resend')
  @Refuses('webhook_endpoint_disabled')
  @HttpCode(202)
  @Idempotent()
  @RateLimited(RESEND_LIMIT)
  @Requires('webhooks:write')
  resend(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<WebhookDelivery> {
    return this.deliveries.resend(author, id);
  }

  @Get(':id/relationships/:name')
  relationship(@Caller() caller: Principal, @Param('id') id: string): Promise<WebhookDelivery> {
    return this.deliveries.get(caller, id);
  }

  @Get(':id/:name')
  related(@Caller() caller: Principal, @Param('id') id: string): Promise<WebhookDelivery> {
    return this.deliveries.get(caller, id);
  }
}
