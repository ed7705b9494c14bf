import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import { DomainError } from '../../../common/errors';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { CurrenciesService } from '../../../rates/currencies.service';
import { currencies } from './currency.resource';
import { pageById } from '../../../rates/row-page';

@Controller('api/public/v1/currencies')
export class CurrenciesController {
  constructor(
    private readonly api: JsonApi,
    private readonly service: CurrenciesService,
  ) {}

  @Get()
  @Requires('rates:read')
  list(@Caller() { merchantId, network }: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(currencies, request, merchantId);
    const rows = this.service.seenFrom(network).filter(({ kind }) => query.filter.kind?.includes(kind) !== false);
    return this.api.list(currencies, query, pageById(rows, ({ code }) => code, query.page));
  }

  @Get(':id')
  @Requires('rates:read')
  read(@Caller() { network }: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(currencies, request);
    const found = this.service.seenFrom(network).find(({ code }) => code === id);
    if (found === undefined) throw new DomainError('resource_not_found');
    return this.api.one(currencies, query, found);
  }
}
