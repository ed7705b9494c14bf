import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { PartnerLoadersService } from '../partner-loaders.service';
import { PaymentReadsService } from '../../../payments/payment-reads.service';
import { payments } from './payment.resource';

/** Read only: money is what the ledger says. What a human decides about it are `payment_resolutions`. */
@Controller('api/public/v1/payments')
@Requires('payments:read')
export class PaymentsController {
  constructor(
    private readonly api: JsonApi,
    private readonly reads: PaymentReadsService,
    private readonly loaders: PartnerLoadersService,
  ) {}

  @Get()
  async list(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(payments, request, caller.merchantId);
    return this.api.list(payments, query, await this.reads.list(caller, query.filter, query.page), this.loaders.of(caller));
  }

  @Get(':id')
  async read(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(payments, request);
    return this.api.one(payments, query, await this.reads.get(caller, id), this.loaders.of(caller));
  }

  @Get(':id/relationships/:name')
  async relationship(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.relationship(payments, name, request, await this.reads.get(caller, id), this.loaders.of(caller));
  }

  @Get(':id/:name')
  async related(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.related(payments, name, request, await this.reads.get(caller, id), this.loaders.of(caller));
  }
}
