import { Injectable } from '@nestjs/common';
import type { Principal } from '../auth/principal';
import type { Keyset } from '../database/keyset';
import { invoices, type TellableInvoice } from '../invoices/invoice.resource';
import { InvoiceReads } from '../invoices/invoice-reads.service';
import type { JsonApiAnswer } from '../jsonapi/answer';
import { type IncomingRequest, JsonApi } from '../jsonapi/json-api';
import { LoaderRegistry } from '../jsonapi/loader-registry';
import type { Resource } from '../jsonapi/resource';
import { LinkChoicesRepository } from './link-choices.repository';
import { paymentLinks } from './link.resource';

/** Filters belong to the collection of all invoices. */
const UNFILTERED = { ...invoices, filters: {} };
const BARE = { ...UNFILTERED, relationships: [] };

/** Every invoice that a link has opened, page by page: there is no end to those of a link without a limit. */
@Injectable()
export class LinkInvoicePages {
  constructor(
    private readonly api: JsonApi,
    private readonly choices: LinkChoicesRepository,
    private readonly reads: InvoiceReads,
    private readonly loaders: LoaderRegistry,
  ) {}

  async related(caller: Principal, request: IncomingRequest, linkId: string): Promise<JsonApiAnswer> {
    const query = this.api.listQuery(UNFILTERED, request, scopeOf(caller, linkId));
    return this.api.list(UNFILTERED, query, await this.page(caller, linkId, query.page), this.loaders.of(caller));
  }

  async identifiers(caller: Principal, request: IncomingRequest, linkId: string): Promise<JsonApiAnswer> {
    const query = this.api.listQuery(BARE, request, scopeOf(caller, linkId));
    return this.api.identifiers(paymentLinks as Resource, linkId, 'invoices', query, BARE, await this.page(caller, linkId, query.page));
  }

  private async page(caller: Principal, linkId: string, page: Keyset): Promise<TellableInvoice[]> {
    const ids = await this.choices.listInvoiceIds(caller, linkId, page);
    const found = new Map((await this.reads.listByIds(caller, ids)).map((invoice) => [invoice.id, invoice]));
    return ids.flatMap((id) => found.get(id) ?? []).map(this.reads.told);
  }
}

/** A cursor of one link is none of another. */
function scopeOf({ merchantId }: Principal, linkId: string): string {
  return `${merchantId} ${linkId}`;
}
