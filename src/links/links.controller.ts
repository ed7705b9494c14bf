import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../auth/caller.decorator';
import { Requires } from '../auth/policy';
import type { ChangingPrincipal, Principal } from '../auth/principal';
import { Idempotent } from '../idempotency/idempotent.decorator';
import type { JsonApiAnswer } from '../jsonapi/answer';
import { JsonApi } from '../jsonapi/json-api';
import { LoaderRegistry } from '../jsonapi/loader-registry';
import { CreateLinkDto } from './link.dto';
import { LinkOpening } from './link-opening.service';
import { LinkFaces } from './link-faces.service';
import { paymentLinks } from './link.resource';
import { LinksService } from './links.service';

@Idempotent()
@Controller('api/public/v1/payment_links')
export class LinksController {
  constructor(
    private readonly api: JsonApi,
    private readonly links: LinksService,
    private readonly opening: LinkOpening,
    private readonly faces: LinkFaces,
    private readonly loaders: LoaderRegistry,
  ) {}

  @Get()
  @Requires('links:read')
  async list(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<JsonApiAnswer> {
    const query = this.api.listQuery(paymentLinks, request, caller.merchantId);
    const found = await this.links.list(caller, query.filter, query.page);
    return this.api.list(paymentLinks, query, found.map(this.faces.of), this.loaders.of(caller));
  }

  @Post()
  @Requires('links:write')
  async create(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<JsonApiAnswer> {
    const query = this.api.query(paymentLinks, request);
    const body = this.api.createBody(paymentLinks, request, CreateLinkDto);
    const network = this.faces.networkFor(author);
    const judged = this.faces.terms(body.attributes, network);
    if ('faults' in judged) throw body.refusals(judged.faults);
    const link = await body.blaming({ reference_duplicate: 'reference' }, () => this.opening.open(author, network, judged.terms));
    return this.api.created(paymentLinks, query, this.faces.of(link), this.loaders.of(author), { meta: {} });
  }

  @Get(':id')
  @Requires('links:read')
  async read(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<JsonApiAnswer> {
    const query = this.api.query(paymentLinks, request);
    return this.api.one(paymentLinks, query, this.faces.of(await this.links.get(caller, id)), this.loaders.of(caller));
  }

  @Post(':id/expiration')
  @HttpCode(200)
  @Requires('links:write')
  async expire(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<JsonApiAnswer> {
    const query = this.api.query(paymentLinks, request);
    return this.api.one(paymentLinks, query, this.faces.of(await this.links.expire(author, id)), this.loaders.of(author));
  }

  @Get(':id/relationships/:name')
  @Requires('links:read')
  async relationship(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<JsonApiAnswer> {
    return this.api.relationship(paymentLinks, name, request, this.faces.of(await this.links.get(caller, id)), this.loaders.of(caller));
  }

  @Get(':id/:name')
  @Requires('links:read')
  async related(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<JsonApiAnswer> {
    return this.api.related(paymentLinks, name, request, this.faces.of(await this.links.get(caller, id)), this.loaders.of(caller));
  }
}
