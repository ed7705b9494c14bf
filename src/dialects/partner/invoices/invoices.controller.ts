import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Clock } from '../../../common/clock';
import type { Asset } from '../../../common/money';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { PageAddressesService } from '../page-addresses.service';
import { PartnerLoadersService } from '../partner-loaders.service';
import { warningsMeta } from '../../../merchants/receivability-view';
import { ReceivabilityService } from '../../../merchants/receivability.service';
import { Networks } from '../../../stellar/networks';
import { CreateInvoiceDto } from './invoice.dto';
import { InvoiceIssueService } from '../../../invoices/invoice-issue.service';
import { requestedDeadline, requestedWorth } from './invoice-request';
import { InvoiceReadsService } from '../../../invoices/invoice-reads.service';
import { invoices } from './invoice.resource';

/** Which attribute a refusal is about. */
const BLAMED = { asset_unsupported: 'currency', invoice_total_invalid: 'lines', expiry_in_past: 'expiresAt', expiry_invalid: 'expiresAt' } as const;

@Idempotent()
@Controller('api/public/v1/invoices')
export class InvoicesController {
  constructor(
    private readonly api: JsonApi,
    private readonly reads: InvoiceReadsService,
    private readonly issuing: InvoiceIssueService,
    private readonly networks: Networks,
    private readonly receivability: ReceivabilityService,
    private readonly addresses: PageAddressesService,
    private readonly loaders: PartnerLoadersService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('invoices:read')
  async list(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(invoices, request, caller.merchantId);
    const found = await this.reads.list(caller, query.filter, query.page);
    return this.api.list(invoices, query, found.map(this.addresses.ofInvoice), this.loaders.of(caller));
  }

  @Post()
  @Requires('invoices:write')
  async create(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(invoices, request);
    const body = this.api.createDraft(invoices, request, CreateInvoiceDto);
    const network = author.network ?? this.networks.default.network;
    const asset = (): Asset => this.networks.asset(network, body.attributes.currency);
    const deadline = (): Date | null => requestedDeadline(body.attributes, this.clock.now());
    await body.assertAll(BLAMED, [[['currency'], asset], [['lines', 'taxRate', 'discount'], () => requestedWorth(body.attributes)], [['expiresAt'], deadline]]);
    const invoice = await this.issuing.issue(author, { network, asset: asset() }, body.attributes, requestedWorth(body.attributes), deadline());
    const warnings = await this.receivability.warnings(network, invoice.destination, [asset()]);
    return this.api.created(invoices, query, this.addresses.ofInvoice(invoice), this.loaders.of(author), warnings.length === 0 ? {} : { meta: warningsMeta(warnings) });
  }

  @Get(':id')
  @Requires('invoices:read')
  async read(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(invoices, request);
    return this.api.one(invoices, query, this.addresses.ofInvoice(await this.reads.get(caller, id)), this.loaders.of(caller));
  }

  @Get(':id/relationships/:name')
  @Requires('invoices:read')
  async relationship(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.relationship(invoices, name, request, this.addresses.ofInvoice(await this.reads.get(caller, id)), this.loaders.of(caller));
  }

  @Get(':id/:name')
  @Requires('invoices:read')
  async related(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.related(invoices, name, request, this.addresses.ofInvoice(await this.reads.get(caller, id)), this.loaders.of(caller));
  }
}
