import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import { DomainError } from '../../../common/errors';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { exchangeRates } from './exchange-rate.resource';
import { ExchangeRatesService } from '../../../rates/exchange-rates.service';

@Controller('api/public/v1/exchange_rates')
export class ExchangeRatesController {
  constructor(
    private readonly api: JsonApi,
    private readonly service: ExchangeRatesService,
  ) {}

  @Get()
  @Requires('rates:read')
  async list(@Caller() { merchantId, network }: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(exchangeRates, request, merchantId);
    return this.api.list(exchangeRates, query, await this.service.list(network, query.filter, query.page));
  }

  @Get(':id')
  @Requires('rates:read')
  async read(@Caller() { network }: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(exchangeRates, request);
    const found = await this.service.find(network, id);
    if (found === null) throw new DomainError('resource_not_found');
    return this.api.one(exchangeRates, query, found);
  }
}
