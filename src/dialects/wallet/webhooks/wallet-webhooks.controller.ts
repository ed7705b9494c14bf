import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { isoInstant } from '../../../common/clock';
import { NewBody } from '../../../http/new-body.decorator';
import { assertAll, type SentBody } from '../../../http/sent-body';
import { FailsWith } from '../../../http/route-failure';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { NetworkFacts } from '../../../stellar/networks';
import type { WebhookEndpoint } from '../../../webhooks/webhook-endpoint';
import { WebhookEndpointsService } from '../../../webhooks/webhook-endpoints.service';
import { WalletContextService } from '../wallet-context.service';
import { CreateWebhookDto } from './wallet-webhook.dto';

@Controller('api/webhooks')
export class WalletWebhooksController {
  constructor(
    private readonly endpoints: WebhookEndpointsService,
    private readonly context: WalletContextService,
  ) {}

  /** The secret is in this answer only; the JSON:API family can replace it and everything else. */
  @Post()
  @HttpCode(201)
  @Requires('webhooks:write')
  @Idempotent({ secret: true })
  @FailsWith('Failed to create webhook')
  async create(
    @Author() author: ChangingPrincipal,
    @NewBody(CreateWebhookDto) body: SentBody<CreateWebhookDto>,
  ): Promise<unknown> {
    const { url, description = null, events = null, networkPassphrase } = body.dto;
    const networkOf = (): NetworkFacts => this.context.networkFor(author, networkPassphrase);
    await assertAll(body, [
      [['url'], () => this.endpoints.assertUrl(url)],
      [['events'], () => this.endpoints.assertTypes(events)],
      [['networkPassphrase'], networkOf],
    ]);
    const { endpoint, secret } = await this.endpoints.create(author, {
      network: networkOf().network,
      url,
      description,
      eventTypes: events,
    });
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
  return {
    id,
    url,
    events: eventTypes ?? ['*'],
    network,
    description,
    status,
    disabledReason,
    createdAt: isoInstant(createdAt),
  };
}
