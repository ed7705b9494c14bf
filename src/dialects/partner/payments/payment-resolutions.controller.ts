import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { PartnerLoadersService } from '../partner-loaders.service';
import { DecisionReaderService } from './decision-reader.service';
import { paymentResolutions } from './payment-resolution.resource';
import { PaymentResolutionsService } from '../../../payments/payment-resolutions.service';

@Idempotent()
@Controller('api/public/v1/payment_resolutions')
export class PaymentResolutionsController {
  constructor(
    private readonly api: JsonApi,
    private readonly service: PaymentResolutionsService,
    private readonly decisions: DecisionReaderService,
    private readonly loaders: PartnerLoadersService,
  ) {}

  @Get()
  @Requires('payments:read')
  async list(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(paymentResolutions, request, caller.merchantId);
    return this.api.list(paymentResolutions, query, await this.service.list(caller, query.filter, query.page), this.loaders.of(caller));
  }

  @Post()
  @Requires('payments:write')
  async create(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(paymentResolutions, request);
    const { payment, decision } = await this.decisions.read(author, request);
    return this.api.created(paymentResolutions, query, await this.service.resolve(author, payment, decision), this.loaders.of(author));
  }

  @Get(':id')
  @Requires('payments:read')
  async read(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(paymentResolutions, request);
    return this.api.one(paymentResolutions, query, await this.service.get(caller, id), this.loaders.of(caller));
  }

  @Get(':id/relationships/:name')
  @Requires('payments:read')
  async relationship(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.relationship(paymentResolutions, name, request, await this.service.get(caller, id), this.loaders.of(caller));
  }

  @Get(':id/:name')
  @Requires('payments:read')
  async related(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.related(paymentResolutions, name, request, await this.service.get(caller, id), this.loaders.of(caller));
  }
}
