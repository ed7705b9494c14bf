import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../common/errors';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { typesNamed } from '../../../webhooks/event-vocabulary';
import { WebhookDeliveriesService } from '../../../webhooks/webhook-deliveries.service';
import type { WebhookEndpoint } from '../../../webhooks/webhook-endpoint';
import { type EndpointWithSecret, WebhookEndpointsService } from '../../../webhooks/webhook-endpoints.service';
import type { Span } from '../list-query';
import { MerchantContextService } from '../merchant-context.service';
import { namedNotFound } from '../named-not-found';
import { type CreateWebhookDto, statisticsView, type UpdateWebhookDto, webhookView } from './merchant-webhook.dto';

const NOUN = 'Webhook';

/** The merchant's webhook endpoints, whichever API made them, in the words of this one. */
@Injectable()
export class MerchantWebhooksService {
  constructor(
    private readonly endpoints: WebhookEndpointsService,
    private readonly deliveries: WebhookDeliveriesService,
    private readonly context: MerchantContextService,
  ) {}

  async create(author: ChangingPrincipal, dto: CreateWebhookDto): Promise<EndpointWithSecret> {
    const { name, url, isActive, signing_secret: secret, events = null } = dto;
    return this.endpoints.create(author, {
      network: await this.context.networkOf(author),
      url,
      description: name,
      eventTypes: events === null ? null : typesNamed(events),
      vocabulary: 'merchant',
      disabled: !isActive,
      secret,
    });
  }

  /** The newest first. */
  async list(caller: Principal, { skip, take }: Span): Promise<WebhookEndpoint[]> {
    return (await this.endpoints.listAll(caller)).toReversed().slice(skip, skip + take);
  }

  get(caller: Principal, id: string): Promise<WebhookEndpoint> {
    return namedNotFound(NOUN, this.endpoints.get(caller, id));
  }

  update(author: ChangingPrincipal, id: string, dto: UpdateWebhookDto): Promise<WebhookEndpoint> {
    const { name, url, isActive, signing_secret: secret, events } = dto;
    return namedNotFound(
      NOUN,
      this.endpoints.update(author, id, {
        ...(name === undefined ? {} : { description: name }),
        ...(url === undefined ? {} : { url }),
        ...(isActive === undefined ? {} : { status: isActive ? 'enabled' : 'disabled' }),
        ...(events === undefined ? {} : { eventTypes: events === null ? null : typesNamed(events) }),
        secret,
      }),
    );
  }

  /** As it was told, with what became of its deliveries. */
  async delete(author: ChangingPrincipal, id: string): Promise<unknown> {
    const [told] = await this.told(author, [await this.get(author, id)]);
    await namedNotFound(NOUN, this.endpoints.delete(author, id));
    return told;
  }

  async told(caller: Principal, endpoints: readonly WebhookEndpoint[]): Promise<Record<string, unknown>[]> {
    const statistics = await this.deliveries.statistics(
      caller,
      endpoints.map(({ id }) => id),
    );
    return endpoints.map((endpoint) => ({
      ...webhookView(endpoint),
      delivery_stats: statisticsView(statistics.get(endpoint.id)),
    }));
  }

  /** Throws `webhook_url_refused`: in one sentence for what is no web address, else saying what is wrong with it. */
  assertUrl(url: string | undefined): void {
    if (url === undefined) return;
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw new DomainError('webhook_url_refused', { detail: 'Invalid webhook URL format' });
    this.endpoints.assertUrl(url);
  }
}
