import { Controller, Delete, Get, Param, Patch, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { CreateTaxRateDto, newTaxRate, taxRateChange, UpdateTaxRateDto } from './tax-rate.dto';
import { taxRates } from './tax-rate.resource';
import { TaxRatesService } from '../../../products/tax-rates.service';

@Idempotent()
@Controller('api/public/v1/tax_rates')
export class TaxRatesController {
  constructor(
    private readonly api: JsonApi,
    private readonly service: TaxRatesService,
  ) {}

  @Get()
  @Requires('tax_rates:read')
  async list(@Caller() { merchantId }: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(taxRates, request, merchantId);
    return this.api.list(taxRates, query, await this.service.list(merchantId, query.filter, query.page));
  }

  @Post()
  @Requires('tax_rates:write')
  async create(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(taxRates, request);
    const body = this.api.createBody(taxRates, request, CreateTaxRateDto);
    const rate = await this.service.create(author, newTaxRate(body.attributes));
    return this.api.created(taxRates, query, rate, {}, { version: rate.version });
  }

  @Get(':id')
  @Requires('tax_rates:read')
  async read(@Caller() { merchantId }: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(taxRates, request);
    const rate = await this.service.get(merchantId, id);
    return this.api.one(taxRates, query, rate, {}, { version: rate.version });
  }

  @Patch(':id')
  @Requires('tax_rates:write')
  async update(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(taxRates, request);
    const body = this.api.updateBody(taxRates, request, UpdateTaxRateDto, await this.service.get(author.merchantId, id));
    const rate = await this.service.update(author, id, taxRateChange(body.attributes), request.headers['if-match']);
    return this.api.one(taxRates, query, rate, {}, { version: rate.version });
  }

  @Delete(':id')
  @Requires('tax_rates:write')
  async delete(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    await this.service.get(author.merchantId, id);
    this.api.deleteBody(taxRates, request, id);
    await this.service.delete(author, id, request.headers['if-match']);
    return this.api.noContent();
  }
}
