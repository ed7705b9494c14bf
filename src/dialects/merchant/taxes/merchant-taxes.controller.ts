import { Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import { DomainError } from '../../../common/errors';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { type Change, ChangeBody } from '../../../http/change.decorator';
import { NewBody } from '../../../http/new-body.decorator';
import { assertAll, type SentBody } from '../../../http/sent-body';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { TaxRatesService } from '../../../products/tax-rates.service';
import { spanOf } from '../list-query';
import { namedNotFound } from '../named-not-found';
import { CreateTaxDto, ListTaxesQuery, taxDetails, taxView, UpdateTaxDto } from './tax.dto';

@Controller('api/v0/taxes')
export class MerchantTaxesController {
  constructor(private readonly taxes: TaxRatesService) {}

  @Post()
  @HttpCode(201)
  @Requires('tax_rates:write')
  @Idempotent()
  async create(
    @Author() author: ChangingPrincipal,
    @NewBody(CreateTaxDto) body: SentBody<CreateTaxDto>,
  ): Promise<unknown> {
    await assertAll(body, [[['appIds'], () => assertOwn(author, body.dto.appIds)]]);
    const { name, description = null, percentage = 0, inclusive = false, status = 'active' } = taxDetails(body.dto);
    return taxView(
      await this.taxes.create(author, { name: name as string, description, percentage, inclusive, status }),
    );
  }

  /** The newest first. */
  @Get()
  @Requires('tax_rates:read')
  async list(@Caller() { merchantId }: Principal, @Query() query: ListTaxesQuery): Promise<unknown> {
    const { name, active } = query;
    const filter = { name: name ?? null, active: active === undefined ? null : active === 'true' };
    return (await this.taxes.search(merchantId, filter, spanOf(query))).map(taxView);
  }

  @Put()
  @Requires('tax_rates:write')
  updateWithoutId(): never {
    throw idMissing('PUT', 'update');
  }

  @Delete()
  @Requires('tax_rates:write')
  deleteWithoutId(): never {
    throw idMissing('DELETE', 'delete');
  }

  @Get(':id')
  @Requires('tax_rates:read')
  async read(@Caller() { merchantId }: Principal, @Param('id') id: string): Promise<unknown> {
    return taxView(await namedNotFound('Tax', this.taxes.get(merchantId, id)));
  }

  /** Only what is sent changes. What was invoiced already stays as it is. */
  @Put(':id')
  @Requires('tax_rates:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @ChangeBody(UpdateTaxDto) change: Change<UpdateTaxDto>,
  ): Promise<unknown> {
    const body = change(taxView(await namedNotFound('Tax', this.taxes.get(author.merchantId, id))));
    await assertAll(body, [[['appIds'], () => assertOwn(author, body.dto.appIds)]]);
    return taxView(await namedNotFound('Tax', this.taxes.update(author, id, taxDetails(body.dto))));
  }

  @Delete(':id')
  @Requires('tax_rates:write')
  async delete(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<unknown> {
    const tax = await namedNotFound('Tax', this.taxes.get(author.merchantId, id));
    await namedNotFound('Tax', this.taxes.delete(author, id));
    return taxView(tax);
  }
}

function assertOwn({ merchantId }: Principal, appIds: readonly string[] | null | undefined): void {
  if ((appIds ?? []).some((id) => id !== merchantId))
    throw new DomainError('validation_failed', {
      faults: [{ path: 'appIds', message: 'must name the app of this client key only; leave it out' }],
    });
}

function idMissing(method: string, verb: string): DomainError {
  return new DomainError('malformed_request', {
    detail: `Tax ID is required in the URL path. Use ${method} /api/v0/taxes/{id} to ${verb} a specific tax.`,
  });
}
