import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../common/principal';
import type { Keyset } from '../../../database/keyset';
import { invoices, type HostedInvoice } from '../invoices/invoice.resource';
import type { FinishedAnswer } from '../../../http/finished-answer';
import type { IncomingRequest } from '../../../jsonapi/exchange';
import { JsonApi } from '../../../jsonapi/json-api';
import { PageAddressesService } from '../page-addresses.service';
import { PartnerLoadersService } from '../partner-loaders.service';
import type { Resource } from '../../../jsonapi/resource';
import { LinkInvoicesService } from '../../../links/link-invoices.service';
import { paymentLinks } from './link.resource';

/** Filters belong to the collection of all invoices. */
const UNFILTERED = { ...invoices, filters: {} };
const BARE = { ...UNFILTERED, relationships: [] };

/** Every invoice that a link has opened, page by page: a link without a limit can have any number. */
@Injectable()
export class LinkInvoicePagesService {
  constructor(
    private readonly api: JsonApi,
    private readonly invoices: LinkInvoicesService,
    private readonly addresses: PageAddressesService,
    private readonly loaders: PartnerLoadersService,
  ) {}

  async related(caller: Principal, request: IncomingRequest, linkId: string): Promise<FinishedAnswer> {
    const query = this.api.listQuery(UNFILTERED, request, scopeOf(caller, linkId));
    return this.api.list(
      UNFILTERED,
      query,
      await this.page(caller, linkId, query.page),
      this.loaders.loadersFor(caller),
    );
  }

  async identifiers(caller: Principal, request: IncomingRequest, linkId: string): Promise<FinishedAnswer> {
    const query = this.api.listQuery(BARE, request, scopeOf(caller, linkId));
    return this.api.identifiers(
      paymentLinks as Resource,
      linkId,
      'invoices',
      query,
      BARE,
      await this.page(caller, linkId, query.page),
    );
  }

  private async page(caller: Principal, linkId: string, page: Keyset): Promise<HostedInvoice[]> {
    return (await this.invoices.list(caller, linkId, page)).map(this.addresses.ofInvoice);
  }
}

/** A cursor is valid for its own link only. */
function scopeOf({ merchantId }: Principal, linkId: string): string {
  return `${merchantId} ${linkId}`;
}
