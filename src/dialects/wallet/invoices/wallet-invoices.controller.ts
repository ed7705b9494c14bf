import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { AsksTill, CountsItself, Public, Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { rateLimitHeaders } from '../../../http/rate-limit-headers';
import { type Change, ChangeBody, OptionalChangeBody } from '../../../http/change.decorator';
import { NewBody } from '../../../http/new-body.decorator';
import type { SentBody } from '../../../http/sent-body';
import { FailsWith } from '../../../http/route-failure';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { CreateInvoiceDto, ListInvoicesQuery, PatchInvoiceDto } from './invoice.dto';
import { WalletInvoiceReadsService } from './wallet-invoice-reads.service';
import { WalletInvoicesService } from './wallet-invoices.service';
import { assetOf } from '../../../payments/payable';
import { WalletWarningsService } from '../wallet-warnings.service';

@Controller('api/invoices')
export class WalletInvoicesController {
  constructor(
    private readonly invoices: WalletInvoicesService,
    private readonly reads: WalletInvoiceReadsService,
    private readonly warnings: WalletWarningsService,
  ) {}

  @Post()
  @HttpCode(201)
  @Requires('invoices:write')
  @AsksTill()
  @CountsItself()
  @Idempotent()
  @FailsWith('Failed to create invoice')
  async create(
    @Author() author: ChangingPrincipal,
    @NewBody(CreateInvoiceDto) body: SentBody<CreateInvoiceDto>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { invoice, limit } = await this.invoices.create(author, body);
    void reply.headers(rateLimitHeaders(limit));
    return { ...this.reads.owned(invoice), ...(await this.warnings.warningsFor(invoice, assetOf(invoice))) };
  }

  @Get()
  @Requires('invoices:read')
  @FailsWith('Failed to fetch invoices')
  list(@Caller() caller: Principal, @Query() query: ListInvoicesQuery): Promise<unknown> {
    return this.reads.list(caller, query);
  }

  @Get('stats')
  @Requires('invoices:read')
  @FailsWith('Failed to fetch invoice statistics')
  stats(@Caller() caller: Principal): Promise<unknown> {
    return this.reads.statistics(caller);
  }

  @Get(':id')
  @Public()
  @FailsWith('Failed to fetch invoice')
  read(@Param('id') id: string): Promise<unknown> {
    return this.reads.publicly(id);
  }

  @Get(':id/owner')
  @Requires('invoices:read')
  @FailsWith('Failed to fetch invoice')
  owner(@Caller() caller: Principal, @Param('id') id: string): Promise<unknown> {
    return this.reads.owner(caller, id);
  }

  @Patch(':id')
  @Requires('invoices:write')
  @FailsWith('Failed to update invoice')
  async patch(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @ChangeBody(PatchInvoiceDto) change: Change<PatchInvoiceDto>,
  ): Promise<unknown> {
    const invoice = await this.invoices.get(author, id);
    return this.reads.owned(await this.invoices.patch(author, invoice, change(this.reads.owned(invoice))));
  }

  @Post(':id/send')
  @HttpCode(200)
  @Requires('invoices:write')
  @FailsWith('Failed to send invoice')
  async send(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<unknown> {
    return this.reads.owned(await this.invoices.send(author, id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('invoices:write')
  @FailsWith('Failed to cancel invoice')
  async cancel(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<unknown> {
    return this.reads.owned(await this.invoices.cancel(author, id));
  }

  @Post(':id/supersede')
  @HttpCode(201)
  @Requires('invoices:write')
  @Idempotent()
  @FailsWith('Failed to supersede invoice')
  async supersede(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @OptionalChangeBody(PatchInvoiceDto) change: Change<PatchInvoiceDto>,
  ): Promise<unknown> {
    const invoice = await this.invoices.supersede(author, id, (old) => change(this.reads.owned(old)));
    return {
      ...this.reads.owned(invoice),
      ...(await this.reads.supersession(invoice)),
      ...(await this.warnings.warningsFor(invoice, assetOf(invoice))),
    };
  }

  @Delete(':id')
  @Requires('invoices:write')
  @FailsWith('Failed to delete invoice')
  async delete(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<unknown> {
    await this.invoices.delete(author, id);
    return { success: true, message: 'Invoice deleted successfully' };
  }
}
