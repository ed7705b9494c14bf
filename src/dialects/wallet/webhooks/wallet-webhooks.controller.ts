import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../auth/principal';
import { isoInstant } from '../../../common/clock';
import { FailsWith } from '../../../http/route-failure';
import type { WebhookEndpoint } from '../../../webhooks/webhook-endpoint';
import { WebhookEndpointsService } from '../../../webhooks/webhook-endpoints.service';
import { WalletContext } from '../wallet-context.service';
import { CreateWebhookDto } from './wallet-webhook.dto';

@Controller('api/webhooks')
export class WalletWebhooksController {
  constructor(
    private readonly endpoints: WebhookEndpointsService,
    private readonly context: WalletContext,
  ) {}

  /** The secret is in this answer only; the JSON:API family can replace it and everything else. */
  @Post()
  @HttpCode(201)
  @Requires('webhooks:write')
  @FailsWith('Failed to create webhook')
  async create(@Caller() caller: Principal, @Body() body: CreateWebhookDto): Promise<unknown> {
    const { network } = this.context.networkFor(caller, body.networkPassphrase);
    const { endpoint, secret } = await this.endpoints.create({ merchantId: caller.merchantId, network, url: body.url, description: body.description ?? null, eventTypes: body.events ?? null });
    return { ...webhookView(endpoint), secret };
  }

  @Get()
  @Requires('webhooks:read')
  @FailsWith('Failed to fetch webhooks')
  async list(@Caller() caller: Principal): Promise<unknown> {
    return { webhooks: (await this.endpoints.list(caller)).map(webhookView) };
  }

  @Delete(':id')
  @Requires('webhooks:write')
  @FailsWith('Failed to delete webhook')
  async delete(@Caller() caller: Principal, @Param('id') id: string): Promise<unknown> {
    await this.endpoints.delete(caller, id);
    return { success: true, message: 'Webhook deleted successfully' };
  }
}

function webhookView(endpoint: WebhookEndpoint): Record<string, unknown> {
  const { id, url, eventTypes, network, description, status, disabledReason, createdAt } = endpoint;
  return { id, url, events: eventTypes ?? ['*'], network, description, status, disabledReason, createdAt: isoInstant(createdAt) };
}
