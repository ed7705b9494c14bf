import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { CreateCustomerDto, UpdateCustomerDto } from './customer.dto';
import { CustomerRecordsService } from '../../../customers/customer-records.service';
import { customers } from './customer.resource';

const BLAMED = { customer_email_taken: 'email' } as const;

@Idempotent()
@Controller('api/public/v1/customers')
export class CustomersController {
  constructor(
    private readonly api: JsonApi,
    private readonly records: CustomerRecordsService,
  ) {}

  @Get()
  @Requires('clients:read')
  async list(@Caller() { merchantId }: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(customers, request, merchantId);
    return this.api.list(customers, query, await this.records.list(merchantId, query.filter, query.page));
  }

  @Post()
  @Requires('clients:write')
  async create(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(customers, request);
    const body = this.api.createBody(customers, request, CreateCustomerDto);
    const { name, email, company, address, isFavorite } = body.attributes;
    const facts = { name, email, company: company ?? null, address: address ?? null, isFavorite: isFavorite ?? false };
    const customer = await body.blaming(BLAMED, () => this.records.create(author, facts));
    return this.api.created(customers, query, customer, {}, { version: customer.version });
  }

  @Get(':id')
  @Requires('clients:read')
  async read(@Caller() { merchantId }: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(customers, request);
    const customer = await this.records.get(merchantId, id);
    return this.api.one(customers, query, customer, {}, { version: customer.version });
  }

  @Patch(':id')
  @Requires('clients:write')
  async update(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(customers, request);
    const before = await this.records.get(author.merchantId, id);
    const body = this.api.updateBody(customers, request, UpdateCustomerDto, before);
    const customer = await body.blaming(BLAMED, () => this.records.update(author, id, body.attributes, request.headers['if-match']));
    return this.api.one(customers, query, customer, {}, { version: customer.version });
  }

  @Post(':id/erasure')
  @HttpCode(200)
  @Requires('clients:write')
  async erase(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(customers, request);
    const customer = await this.records.erase(author, id, request.headers['if-match']);
    return this.api.one(customers, query, customer, {}, { version: customer.version });
  }

  @Delete(':id')
  @Requires('clients:write')
  async delete(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    await this.records.get(author.merchantId, id);
    this.api.deleteBody(customers, request, id);
    await this.records.delete(author, id, request.headers['if-match']);
    return this.api.noContent();
  }
}
