import { Controller, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { AsksTill, Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { PageAddressesService } from '../page-addresses.service';
import { warningsMeta } from '../../../merchants/receivability.service';
import type { RequestBody } from '../../../jsonapi/request-body';
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
import { CreateLinkDto, UpdateLinkDto } from './link.dto';
import { LinkChangesService } from '../../../links/link-changes.service';
import { LinkOpeningService } from '../../../links/link-opening.service';
import { LinkRequestsService } from './link-requests.service';
import { paymentLinks, type HostedLink } from './link.resource';
import { LinksService } from '../../../links/links.service';

@Idempotent()
@DocumentsOf(paymentLinks)
@Controller('api/public/v1/payment_links')
export class LinksController {
  constructor(
    private readonly links: LinksService,
    private readonly requests: LinkRequestsService,
    private readonly opening: LinkOpeningService,
    private readonly changes: LinkChangesService,
    private readonly addresses: PageAddressesService,
  ) {}

  @Get()
  @Requires('links:read')
  async list(
    @Caller() caller: Principal,
    @Listing() { filter, page }: ListingOf<typeof paymentLinks>,
  ): Promise<HostedLink[]> {
    return (await this.links.list(caller, filter, page)).map(this.addresses.ofLink);
  }

  @Post()
  @AsksTill()
  @Refuses(
    'currency_unsupported',
    'amount_too_precise',
    'amount_below_minimum',
    'amount_above_maximum',
    'unsupported_pay_currency',
    'unsupported_account_currency',
    'unsupported_payment_method',
    'payouts_not_available',
    'recurrence_invalid',
    'related_resource_not_found',
    'expiry_invalid',
    'expiry_in_past',
    'reference_duplicate',
    'slug_taken',
    'rate_unavailable',
    'recovering',
  )
  @Requires('links:write')
  async create(
    @Author() author: ChangingPrincipal,
    @DraftDocument(CreateLinkDto) body: RequestBody<CreateLinkDto>,
  ): Promise<RowsWith<HostedLink>> {
    const order = await this.requests.read(author, body);
    const blamed = { reference_duplicate: 'reference', slug_taken: 'slug' } as const;
    const { link, warnings } = await body.blaming(blamed, () => this.opening.open(author, order));
    return rowsWith(this.addresses.ofLink(link), { meta: warningsMeta(warnings) });
  }

  @Get(':id')
  @Requires('links:read')
  async read(@Caller() caller: Principal, @Param('id') id: string): Promise<HostedLink> {
    return this.addresses.ofLink(await this.links.get(caller, id));
  }

  @Patch(':id')
  @Refuses('expiry_invalid', 'expiry_in_past', 'link_priced', 'link_final')
  @Requires('links:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
    @ChangedDraft(UpdateLinkDto) change: ChangeOf<UpdateLinkDto>,
  ): Promise<HostedLink> {
    const link = this.addresses.ofLink(await this.links.get(author, id));
    const body = change(link);
    if (!body.isSound) throw body.refusals(this.changes.faults(link, body.attributes));
    const changed = await this.changes.update(author, id, body.attributes, ifMatch);
    if ('faults' in changed) throw body.refusals(changed.faults);
    return this.addresses.ofLink(changed.link);
  }

  @Post(':id/expiration')
  @Refuses('link_final')
  @HttpCode(200)
  @Requires('links:write')
  async expire(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<HostedLink> {
    return this.addresses.ofLink(await this.links.expire(author, id));
  }
}
