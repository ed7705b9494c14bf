import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { PageAddressesService } from '../page-addresses.service';
import { LinkInvoicePagesService } from './link-invoice-pages.service';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { paymentLinks, type HostedLink } from './link.resource';
import { LinksService } from '../../../links/links.service';

@DocumentsOf(paymentLinks)
@Controller('api/public/v1/payment_links')
export class LinkRelationshipsController {
  constructor(
    private readonly links: LinksService,
    private readonly addresses: PageAddressesService,
    private readonly pages: LinkInvoicePagesService,
  ) {}

  /** Invoices have no end: theirs is answered page by page. */
  @Get(':id/relationships/:name')
  @Requires('links:read')
  async relationship(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('name') name: string,
  ): Promise<HostedLink | FinishedAnswer> {
    const link = await this.links.get(caller, id);
    return name === 'invoices' ? this.pages.identifiers(caller, request, id) : this.addresses.ofLink(link);
  }

  @Get(':id/:name')
  @Requires('links:read')
  async related(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('name') name: string,
  ): Promise<HostedLink | FinishedAnswer> {
    const link = await this.links.get(caller, id);
    return name === 'invoices' ? this.pages.related(caller, request, id) : this.addresses.ofLink(link);
  }
}
