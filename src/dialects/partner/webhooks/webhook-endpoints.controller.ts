import { Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { RateLimited, Requires } from '../../../auth/policy';
import { DomainError } from '../../../common/errors';
import type { Network } from '../../../common/network';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { RequestBody } from '../../../jsonapi/request-body';
import { Networks } from '../../../stellar/networks';
import { eventId } from '../../../webhooks/placed-event';
import type { WebhookEndpoint } from '../../../webhooks/webhook-endpoint';
import { WebhookEndpointsService } from '../../../webhooks/webhook-endpoints.service';
import {
  ChangedDraft,
  type ChangeOf,
  DraftDocument,
  IfMatch,
  Listing,
  type ListingOf,
} from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { rowsWith, type RowsWith } from '../documents/document.interceptor';
import { CreateWebhookEndpointDto, UpdateWebhookEndpointDto } from './webhook-endpoint.dto';
import { webhookEndpoints } from './webhook-endpoint.resource';

const BLAMED = { webhook_url_refused: 'url', network_unknown: 'network' } as const;
/** Each one is a request to another's server because a stranger asked for it. */
const TEST_LIMIT = {
  name: 'webhook-test',
  limit: () => 10,
  windowSeconds: 60,
  message: 'Too many test events, please try again later',
};
const SECRET_HEADERS = { 'cache-control': 'no-store' };

/** Where events are sent. A secret appears once, in `meta`; a replay masks it. */
@DocumentsOf(webhookEndpoints)
@Controller('api/public/v1/webhook_endpoints')
export class WebhookEndpointsController {
  constructor(
    private readonly endpoints: WebhookEndpointsService,
    private readonly networks: Networks,
  ) {}

  @Get()
  @Requires('webhooks:read')
  list(
    @Caller() caller: Principal,
    @Listing() { filter, page }: ListingOf<typeof webhookEndpoints>,
  ): Promise<WebhookEndpoint[]> {
    return this.endpoints.list(caller, filter, page);
  }

  @Post()
  @Refuses('webhook_url_refused', 'network_unknown', 'webhook_endpoint_limit_reached')
  @Idempotent({ secret: true })
  @Requires('webhooks:write')
  async create(
    @Author() author: ChangingPrincipal,
    @DraftDocument(CreateWebhookEndpointDto) body: RequestBody<CreateWebhookEndpointDto>,
  ): Promise<RowsWith<WebhookEndpoint>> {
    const { network, ...terms } = body.attributes;
    await body.assertAll(BLAMED, [
      [['url'], () => this.endpoints.assertUrl(terms.url)],
      [['network'], () => this.networkFor(author, network)],
    ]);
    const { endpoint, secret } = await body.blaming(BLAMED, () =>
      this.endpoints.create(author, { ...terms, network: this.networkFor(author, network) }),
    );
    return rowsWith(endpoint, { meta: { secret }, headers: SECRET_HEADERS });
  }

  @Get(':id')
  @Requires('webhooks:read')
  read(@Caller() caller: Principal, @Param('id') id: string): Promise<WebhookEndpoint> {
    return this.endpoints.get(caller, id);
  }

  @Patch(':id')
  @Refuses('webhook_url_refused')
  @Idempotent()
  @Requires('webhooks:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
    @ChangedDraft(UpdateWebhookEndpointDto) change: ChangeOf<UpdateWebhookEndpointDto>,
  ): Promise<WebhookEndpoint> {
    const body = change(await this.endpoints.get(author, id));
    await body.assertAll(BLAMED, [[['url'], () => this.endpoints.assertUrl(body.attributes.url)]]);
    return body.blaming(BLAMED, () => this.endpoints.update(author, id, body.attributes, ifMatch));
  }

  /** Its deliveries go with it. */
  @Delete(':id')
  @Requires('webhooks:write')
  async delete(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<void> {
    await this.endpoints.delete(author, id, ifMatch);
  }

  /** For 24 hours deliveries are signed with the old secret as well. */
  @Post(':id/secret_rotation')
  @HttpCode(200)
  @Idempotent({ secret: true })
  @Requires('webhooks:write')
  async rotate(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<RowsWith<WebhookEndpoint>> {
    const { endpoint, secret } = await this.endpoints.rotateSecret(author, id);
    return rowsWith(endpoint, { meta: { secret }, headers: SECRET_HEADERS });
  }

  /** The delivery can be read as soon as it is under way. */
  @Post(':id/test')
  @Refuses('webhook_endpoint_disabled')
  @HttpCode(202)
  @Idempotent()
  @RateLimited(TEST_LIMIT)
  @Requires('webhooks:write')
  async test(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<RowsWith<WebhookEndpoint>> {
    const sent = await this.endpoints.sendTest(author, id);
    return rowsWith(sent.endpoint, { meta: { eventId: eventId({ id: sent.eventId }), deliveryId: sent.deliveryId } });
  }

  private networkFor(author: Principal, asked: Network | undefined): Network {
    const network = asked ?? author.network ?? this.networks.default.network;
    const known =
      this.networks.enabled.some((each) => each.network === network) &&
      (author.network === null || author.network === network);
    if (!known) throw new DomainError('network_unknown');
    return network;
  }
}
