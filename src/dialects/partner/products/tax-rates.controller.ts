import { Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { RequestBody } from '../../../jsonapi/request-body';
import type { TaxRate } from '../../../products/tax-rate';
import { TaxRatesService } from '../../../products/tax-rates.service';
import {
  ChangedDocument,
  type ChangeOf,
  IfMatch,
  Listing,
  type ListingOf,
  NewDocument,
} from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { CreateTaxRateDto, newTaxRate, taxRateChange, UpdateTaxRateDto } from './tax-rate.dto';
import { taxRates } from './tax-rate.resource';

@Idempotent()
@DocumentsOf(taxRates)
@Controller('api/public/v1/tax_rates')
export class TaxRatesController {
  constructor(private readonly service: TaxRatesService) {}

  @Get()
  @Requires('tax_rates:read')
  list(
    @Caller() { merchantId }: Principal,
    @Listing() { filter, page }: ListingOf<typeof taxRates>,
  ): Promise<TaxRate[]> {
    return this.service.list(merchantId, filter, page);
  }

  @Post()
  @Requires('tax_rates:write')
  create(
    @Author() author: ChangingPrincipal,
    @NewDocument(CreateTaxRateDto) { attributes }: RequestBody<CreateTaxRateDto>,
  ): Promise<TaxRate> {
    return this.service.create(author, newTaxRate(attributes));
  }

  @Get(':id')
  @Requires('tax_rates:read')
  read(@Caller() { merchantId }: Principal, @Param('id') id: string): Promise<TaxRate> {
    return this.service.get(merchantId, id);
  }

  @Patch(':id')
  @Requires('tax_rates:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
    @ChangedDocument(UpdateTaxRateDto) change: ChangeOf<UpdateTaxRateDto>,
  ): Promise<TaxRate> {
    const { attributes } = change(await this.service.get(author.merchantId, id));
    return this.service.update(author, id, taxRateChange(attributes), ifMatch);
  }

  @Delete(':id')
  @Refuses('tax_rate_in_use')
  @Requires('tax_rates:write')
  async delete(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<void> {
    await this.service.delete(author, id, ifMatch);
  }
}
