import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author } from '../auth/caller.decorator';
import { Requires } from '../auth/policy';
import type { ChangingPrincipal } from '../auth/principal';
import { DomainError, isDomainError } from '../common/errors';
import { Idempotent } from '../idempotency/idempotent.decorator';
import { invoices } from './invoice.resource';
import { InvoiceActions } from './invoice-actions.service';
import { InvoiceReads } from './invoice-reads.service';
import type { JsonApiAnswer } from '../jsonapi/answer';
import { JsonApi } from '../jsonapi/json-api';
import { LoaderRegistry } from '../jsonapi/loader-registry';

@Idempotent()
@Controller('api/public/v1/invoices')
export class InvoiceCancellationController {
  constructor(
    private readonly api: JsonApi,
    private readonly actions: InvoiceActions,
    private readonly reads: InvoiceReads,
    private readonly loaders: LoaderRegistry,
  ) {}

  @Post(':id/cancellation')
  @HttpCode(200)
  @Requires('invoices:write')
  async cancel(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<JsonApiAnswer> {
    const query = this.api.query(invoices, request);
    const invoice = await this.actions.cancel(author, { ...author, by: 'id', value: id }).catch((error: unknown) => {
      // A conflict with the state of the invoice here; the other families answer 400.
      throw isDomainError(error, 'invoice_not_cancellable') ? new DomainError(error.code, { status: 409, detail: error.message }) : error;
    });
    return this.api.one(invoices, query, this.reads.told(invoice), this.loaders.of(author));
  }
}
