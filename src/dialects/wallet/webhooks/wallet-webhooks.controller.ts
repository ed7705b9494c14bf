import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../auth/principal';
import { isoInstant } from '../../../common/clock';
import { FailsWith } from '../../../http/route-failure';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
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
  @Idempotent({ secret: true })
  @FailsWith('Failed to create webhook')
  async create(@Author() author: ChangingPrincipal, @Body() body: CreateWebhookDto): Promise<unknown> {
    const { network } = this.context.networkFor(author, body.networkPassphrase);
    const { endpoint, secret } = await this.endpoints.create(author, { network, url: body.url, description: body.description ?? null, eventTypes: body.events ?? null });
    return { ...webhookView(endpoint), secret };
  }

  @Get()
  @Requires('webhooks:read')
  @FailsWith('Failed to fetch webhooks')
  async list(@Caller() caller: Principal): Promise<unknown> {
    return { webhooks: (await this.endpoints.listAll(caller)).map(webhookView) };
  }

  @Delete(':id')
  @Requires('webhooks:write')
  @FailsWith('Failed to delete webhook')
  async delete(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<unknown> {
    await this.endpoints.delete(author, id);
    return { success: true, message: 'Webhook deleted successfully' };
  }
}

function webhookView(endpoint: WebhookEndpoint): Record<string, unknown> {
  const { id, url, eventTypes, network, description, status, disabledReason, createdAt } = endpoint;
  return { id, url, events: eventTypes ?? ['*'], network, description, status, disabledReason, createdAt: isoInstant(createdAt) };
}
