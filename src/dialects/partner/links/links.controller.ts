import { Controller, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { PageAddressesService } from '../page-addresses.service';
import { PartnerLoadersService } from '../partner-loaders.service';
import { warningsMeta } from '../../../merchants/receivability-view';
import { UpdateLinkDto } from './link.dto';
import { LinkChangesService } from '../../../links/link-changes.service';
import { LinkOpeningService } from '../../../links/link-opening.service';
import { LinkRequestsService } from './link-requests.service';
import { paymentLinks } from './link.resource';
import { LinkWarningsService } from '../../../links/link-warnings.service';
import { LinksService } from '../../../links/links.service';

@Idempotent()
@Controller('api/public/v1/payment_links')
export class LinksController {
  constructor(
    private readonly api: JsonApi,
    private readonly links: LinksService,
    private readonly requests: LinkRequestsService,
    private readonly opening: LinkOpeningService,
    private readonly changes: LinkChangesService,
    private readonly warnings: LinkWarningsService,
    private readonly addresses: PageAddressesService,
    private readonly loaders: PartnerLoadersService,
  ) {}

  @Get()
  @Requires('links:read')
  async list(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(paymentLinks, request, caller.merchantId);
    const found = await this.links.list(caller, query.filter, query.page);
    return this.api.list(paymentLinks, query, found.map(this.addresses.ofLink), this.loaders.of(caller));
  }

  @Post()
  @Requires('links:write')
  async create(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(paymentLinks, request);
    const { body, order } = await this.requests.read(author, request);
    const link = await body.blaming({ reference_duplicate: 'reference' }, () => this.opening.open(author, order));
    return this.api.created(paymentLinks, query, this.addresses.ofLink(link), this.loaders.of(author), { meta: warningsMeta(await this.warnings.of(link)), version: link.version });
  }

  @Get(':id')
  @Requires('links:read')
  async read(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(paymentLinks, request);
    const link = await this.links.get(caller, id);
    return this.api.one(paymentLinks, query, this.addresses.ofLink(link), this.loaders.of(caller), { version: link.version });
  }

  @Patch(':id')
  @Requires('links:write')
  async update(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(paymentLinks, request);
    const link = this.addresses.ofLink(await this.links.get(author, id));
    const body = this.api.updateDraft(paymentLinks, request, UpdateLinkDto, link);
    if (!body.isSound) throw body.refusals(this.changes.faults(link, body.attributes));
    const changed = await this.changes.update(author, id, body.attributes, request.headers['if-match']);
    if ('faults' in changed) throw body.refusals(changed.faults);
    return this.api.one(paymentLinks, query, this.addresses.ofLink(changed.link), this.loaders.of(author), { version: changed.link.version });
  }

  @Post(':id/expiration')
  @HttpCode(200)
  @Requires('links:write')
  async expire(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(paymentLinks, request);
    return this.api.one(paymentLinks, query, this.addresses.ofLink(await this.links.expire(author, id)), this.loaders.of(author));
  }
}
