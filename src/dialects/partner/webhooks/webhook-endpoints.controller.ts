import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { RateLimited, Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { DomainError } from '../../../common/errors';
import type { Network } from '../../../common/network';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { Networks } from '../../../stellar/networks';
import { eventId } from '../../../webhooks/placed-event';
import { CreateWebhookEndpointDto, UpdateWebhookEndpointDto } from './webhook-endpoint.dto';
import { webhookEndpoints } from './webhook-endpoint.resource';
import { WebhookEndpointsService } from '../../../webhooks/webhook-endpoints.service';

const BLAMED = { webhook_url_refused: 'url', network_unknown: 'network' } as const;
/** Each one is a request that somebody else's server gets because a stranger asked for it. */
const TEST_LIMIT = { name: 'webhook-test', limit: () => 10, windowSeconds: 60, message: 'Too many test events, please try again later' };
const SECRET_HEADERS = { 'cache-control': 'no-store' };

/** Where events are sent. Secrets are told once, in `meta`; a replay has them masked. */
@Controller('api/public/v1/webhook_endpoints')
export class WebhookEndpointsController {
  constructor(
    private readonly api: JsonApi,
    private readonly endpoints: WebhookEndpointsService,
    private readonly networks: Networks,
  ) {}

  @Get()
  @Requires('webhooks:read')
  async list(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(webhookEndpoints, request, caller.merchantId);
    return this.api.list(webhookEndpoints, query, await this.endpoints.list(caller, query.filter, query.page));
  }

  @Post()
  @Idempotent({ secret: true })
  @Requires('webhooks:write')
  async create(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(webhookEndpoints, request);
    const body = this.api.createDraft(webhookEndpoints, request, CreateWebhookEndpointDto);
    const { network, ...terms } = body.attributes;
    await body.assertAll(BLAMED, [[['url'], () => this.endpoints.assertUrl(terms.url)], [['network'], () => this.networkFor(author, network)]]);
    const { endpoint, secret } = await body.blaming(BLAMED, () => this.endpoints.create(author, { ...terms, network: this.networkFor(author, network) }));
    return this.api.created(webhookEndpoints, query, endpoint, {}, { version: endpoint.version, meta: { secret }, headers: SECRET_HEADERS });
  }

  @Get(':id')
  @Requires('webhooks:read')
  async read(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(webhookEndpoints, request);
    const endpoint = await this.endpoints.get(caller, id);
    return this.api.one(webhookEndpoints, query, endpoint, {}, { version: endpoint.version });
  }

  @Patch(':id')
  @Idempotent()
  @Requires('webhooks:write')
  async update(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(webhookEndpoints, request);
    const body = this.api.updateDraft(webhookEndpoints, request, UpdateWebhookEndpointDto, await this.endpoints.get(author, id));
    await body.assertAll(BLAMED, [[['url'], () => this.endpoints.assertUrl(body.attributes.url)]]);
    const endpoint = await body.blaming(BLAMED, () => this.endpoints.update(author, id, body.attributes, request.headers['if-match']));
    return this.api.one(webhookEndpoints, query, endpoint, {}, { version: endpoint.version });
  }

  /** Its deliveries go with it. */
  @Delete(':id')
  @Requires('webhooks:write')
  async delete(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    await this.endpoints.get(author, id);
    this.api.deleteBody(webhookEndpoints, request, id);
    await this.endpoints.delete(author, id, request.headers['if-match']);
    return this.api.noContent();
  }

  /** For 24 hours deliveries are signed with the old secret as well. */
  @Post(':id/secret_rotation')
  @HttpCode(200)
  @Idempotent({ secret: true })
  @Requires('webhooks:write')
  async rotate(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(webhookEndpoints, request);
    const { endpoint, secret } = await this.endpoints.rotateSecret(author, id);
    return this.api.one(webhookEndpoints, query, endpoint, {}, { version: endpoint.version, meta: { secret }, headers: SECRET_HEADERS });
  }

  /** The delivery can be read as soon as it is under way. */
  @Post(':id/test')
  @HttpCode(202)
  @Idempotent()
  @RateLimited(TEST_LIMIT)
  @Requires('webhooks:write')
  async test(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(webhookEndpoints, request);
    const sent = await this.endpoints.sendTest(author, id);
    return this.api.one(webhookEndpoints, query, sent.endpoint, {}, { status: 202, meta: { eventId: eventId({ id: sent.eventId }), deliveryId: sent.deliveryId } });
  }

  private networkFor(author: Principal, asked: Network | undefined): Network {
    const network = asked ?? author.network ?? this.networks.default.network;
    const known = this.networks.enabled.some((each) => each.network === network) && (author.network === null || author.network === network);
    if (!known) throw new DomainError('network_unknown');
    return network;
  }
}
