import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { PageAddressesService } from '../page-addresses.service';
import { PartnerLoadersService } from '../partner-loaders.service';
import { LinkInvoicePagesService } from './link-invoice-pages.service';
import { paymentLinks } from './link.resource';
import { LinksService } from '../../../links/links.service';

@Controller('api/public/v1/payment_links')
export class LinkRelationshipsController {
  constructor(
    private readonly api: JsonApi,
    private readonly links: LinksService,
    private readonly addresses: PageAddressesService,
    private readonly pages: LinkInvoicePagesService,
    private readonly loaders: PartnerLoadersService,
  ) {}

  @Get(':id/relationships/:name')
  @Requires('links:read')
  async relationship(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    const link = await this.links.get(caller, id);
    if (name === 'invoices') return this.pages.identifiers(caller, request, id);
    return this.api.relationship(paymentLinks, name, request, this.addresses.ofLink(link), this.loaders.of(caller));
  }

  @Get(':id/:name')
  @Requires('links:read')
  async related(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    const link = await this.links.get(caller, id);
    if (name === 'invoices') return this.pages.related(caller, request, id);
    return this.api.related(paymentLinks, name, request, this.addresses.ofLink(link), this.loaders.of(caller));
  }
}
