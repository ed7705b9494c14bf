import { Controller, Get, Param, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { AsksTill, Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Clock } from '../../../common/clock';
import type { Asset } from '../../../common/money';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { PageAddressesService } from '../page-addresses.service';
import { warningsMeta } from '../../../merchants/receivability.service';
import { ReceivabilityService } from '../../../merchants/receivability.service';
import { Networks } from '../../../stellar/networks';
import { CreateInvoiceDto } from './invoice.dto';
import { InvoiceIssueService } from '../../../invoices/invoice-issue.service';
import { requestedDeadline, requestedWorth } from './invoice-request';
import { InvoiceReadsService } from '../../../invoices/invoice-reads.service';
import { DraftDocument, Listing, type ListingOf } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { rowsWith, type RowsWith } from '../documents/document.interceptor';
import type { RequestBody } from '../../../jsonapi/request-body';
import { invoices, type HostedInvoice } from './invoice.resource';

/** Which attribute a refusal is about. */
const BLAMED = {
  asset_unsupported: 'currency',
  invoice_total_invalid: 'lines',
  expiry_in_past: 'expiresAt',
  expiry_invalid: 'expiresAt',
} as const;

@Idempotent()
@DocumentsOf(invoices)
@Controller('api/public/v1/invoices')
export class InvoicesController {
  constructor(
    private readonly reads: InvoiceReadsService,
    private readonly issuing: InvoiceIssueService,
    private readonly networks: Networks,
    private readonly receivability: ReceivabilityService,
    private readonly addresses: PageAddressesService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('invoices:read')
  async list(
    @Caller() caller: Principal,
    @Listing() { filter, page }: ListingOf<typeof invoices>,
  ): Promise<HostedInvoice[]> {
    return (await this.reads.list(caller, filter, page)).map(this.addresses.ofInvoice);
  }

  @Post()
  @AsksTill()
  @Refuses('asset_unsupported', 'invoice_total_invalid', 'expiry_invalid', 'expiry_in_past', 'recovering')
  @Requires('invoices:write')
  async create(
    @Author() author: ChangingPrincipal,
    @DraftDocument(CreateInvoiceDto) body: RequestBody<CreateInvoiceDto>,
  ): Promise<RowsWith<HostedInvoice>> {
    const network = author.network ?? this.networks.default.network;
    const asset = (): Asset => this.networks.asset(network, body.attributes.currency);
    const deadline = (): Date | null => requestedDeadline(body.attributes, this.clock.now());
    await body.assertAll(BLAMED, [
      [['currency'], asset],
      [['lines', 'taxRate', 'discount'], () => requestedWorth(body.attributes)],
      [['expiresAt'], deadline],
    ]);
    const invoice = await this.issuing.issue(
      author,
      { network, asset: asset() },
      body.attributes,
      requestedWorth(body.attributes),
      deadline(),
    );
    const warnings = await this.receivability.warnings(network, invoice.destination, [asset()]);
    return rowsWith(this.addresses.ofInvoice(invoice), warnings.length === 0 ? {} : { meta: warningsMeta(warnings) });
  }

  @Get(':id')
  @Requires('invoices:read')
  read(@Caller() caller: Principal, @Param('id') id: string): Promise<HostedInvoice> {
    return this.get(caller, id);
  }

  @Get(':id/relationships/:name')
  @Requires('invoices:read')
  relationship(@Caller() caller: Principal, @Param('id') id: string): Promise<HostedInvoice> {
    return this.get(caller, id);
  }

  @Get(':id/:name')
  @Requires('invoices:read')
  related(@Caller() caller: Principal, @Param('id') id: string): Promise<HostedInvoice> {
    return this.get(caller, id);
  }

  private async get(caller: Principal, id: string): Promise<HostedInvoice> {
    return this.addresses.ofInvoice(await this.reads.get(caller, id));
  }
}
