import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { InvoiceActionsService } from '../../../invoices/invoice-actions.service';
import { InvoiceErasureService } from '../../../invoices/invoice-erasure.service';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { PageAddressesService } from '../page-addresses.service';
import { invoices, type HostedInvoice } from './invoice.resource';

@Idempotent()
@DocumentsOf(invoices)
@Controller('api/public/v1/invoices')
export class InvoiceEndingsController {
  constructor(
    private readonly actions: InvoiceActionsService,
    private readonly erasure: InvoiceErasureService,
    private readonly addresses: PageAddressesService,
  ) {}

  @Post(':id/cancellation')
  @Refuses('invoice_not_cancellable')
  @HttpCode(200)
  @Requires('invoices:write')
  async cancel(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<HostedInvoice> {
    return this.addresses.ofInvoice(await this.actions.cancel(author, { ...author, by: 'id', value: id }));
  }

  @Post(':id/erasure')
  @HttpCode(200)
  @Requires('invoices:write')
  async erase(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<HostedInvoice> {
    return this.addresses.ofInvoice(await this.erasure.erase(author, id));
  }
}
