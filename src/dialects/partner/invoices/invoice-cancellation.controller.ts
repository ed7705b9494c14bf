import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { invoices } from './invoice.resource';
import { InvoiceActionsService } from '../../../invoices/invoice-actions.service';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { PageAddressesService } from '../page-addresses.service';
import { PartnerLoadersService } from '../partner-loaders.service';

@Idempotent()
@Controller('api/public/v1/invoices')
export class InvoiceCancellationController {
  constructor(
    private readonly api: JsonApi,
    private readonly actions: InvoiceActionsService,
    private readonly addresses: PageAddressesService,
    private readonly loaders: PartnerLoadersService,
  ) {}

  @Post(':id/cancellation')
  @HttpCode(200)
  @Requires('invoices:write')
  async cancel(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(invoices, request);
    const invoice = await this.actions.cancel(author, { ...author, by: 'id', value: id });
    return this.api.one(invoices, query, this.addresses.ofInvoice(invoice), this.loaders.of(author));
  }
}
