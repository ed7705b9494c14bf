import 'reflect-metadata';
import { Body, Controller, Delete, Get, Inject, Logger, Module, Param, Patch, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsEmail, IsOptional, IsString, Length, Matches, MaxLength, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DIALECTS } from '../../../src/app.dialects';
import { DomainError } from '../../../src/common/errors';
import { AllowTable } from '../../../src/http/allow-table';
import { ErrorFilter, sendError } from '../../../src/http/error.filter';
import { parseJsonBody } from '../../../src/http/json-body';
import { registerHygiene } from '../../../src/http/request-hygiene';
import { ValidationPipe } from '../../../src/http/validation.pipe';
import type { FinishedAnswer } from '../../../src/http/finished-answer';
import { CursorCodec } from '../../../src/jsonapi/cursor';
import { JsonApi } from '../../../src/jsonapi/json-api';
import { assertIfMatch } from '../../../src/http/preconditions';
import { registerJsonApi } from '../../../src/jsonapi/register';
import type { Identifier } from '../../../src/jsonapi/resource';
import { freePort } from '../../support/free-port';
import { begin } from '../../support/hooks';
import {
  customers,
  labels,
  type Payment,
  payments,
  payouts,
  refunds,
  resources,
  webhookEndpoints,
} from './mini-resources';
import { MiniStore } from './mini-store';

const PREFIX = 'api/public/v1';

class PartDto {
  @IsString() @Length(1, 10) sku: string;
}

class CreatePaymentDto {
  @IsString() @Matches(/^\d+(\.\d{1,7})?$/, { message: 'amount must be a decimal' }) amount: string;
  @IsOptional() @IsString() @MaxLength(40) reference?: string;
  @IsOptional() @IsString() @MaxLength(40) note?: string | null;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => PartDto) parts?: PartDto[];
}

class UpdatePaymentDto {
  @IsOptional() @IsString() @MaxLength(40) reference?: string | null;
  @IsOptional() @IsString() @MaxLength(40) note?: string | null;
}

class CustomerDto {
  @IsString() @Length(1, 40) name: string;
  @IsOptional() @IsEmail() email?: string | null;
}

class EndpointDto {
  @IsString() url: string;
}

function found<T>(rows: ReadonlyMap<string, T>, id: string): T {
  const row = rows.get(id);
  if (row === undefined) throw new DomainError('resource_not_found');
  return row;
}

@Controller(`${PREFIX}/payments`)
class PaymentsController {
  constructor(
    @Inject(JsonApi) private readonly api: JsonApi,
    @Inject(MiniStore) private readonly store: MiniStore,
  ) {}

  @Get()
  list(@Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(payments, request, String(request.headers['x-tenant'] ?? 't1'));
    return this.api.list(payments, query, this.store.list(query.filter, query.page), this.store.loaders);
  }

  @Post()
  async create(@Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(payments, request);
    const body = this.api.createBody(payments, request, CreatePaymentDto);
    const customer = body.toOne('customer') ?? null;
    if (customer !== null && !this.store.customers.has(customer.id)) throw body.relatedNotFound('customer');
    const labelIds = (body.toMany('labels') ?? []).map(({ id }) => id);
    for (const [index, id] of labelIds.entries())
      if (!this.store.labels.has(id)) throw body.relatedNotFound('labels', index);
    const { amount, reference = null, note = null } = body.attributes;
    const taken = [...this.store.payments.values()].some((row) => reference !== null && row.reference === reference);
    const row = await body.blaming({ expiry_in_past: 'reference' }, async () => {
      if (reference === 'past') throw new DomainError('expiry_in_past');
      if (taken) throw body.refusal('attributes_invalid', 'reference', reference ?? '');
      return Promise.resolve(
        this.store.addPayment({
          amount: amount.includes('.') ? amount : `${amount}.00`,
          reference,
          note,
          customerId: customer?.id ?? null,
          labelIds,
        }),
      );
    });
    return this.api.created(payments, query, row, this.store.loaders);
  }

  @Get(':id')
  read(@Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(payments, request);
    return this.api.one(payments, query, found(this.store.payments, id), this.store.loaders);
  }

  @Patch(':id')
  update(@Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(payments, request);
    const row = found(this.store.payments, id);
    const body = this.api.updateBody(payments, request, UpdatePaymentDto, row);
    const customer = body.toOne('customer');
    if (customer && !this.store.customers.has(customer.id)) throw body.relatedNotFound('customer');
    if (body.has('reference')) row.reference = body.attributes.reference ?? null;
    if (body.has('note')) row.note = body.attributes.note ?? null;
    if (customer !== undefined) row.customerId = customer?.id ?? null;
    row.labelIds = body.toMany('labels')?.map((each) => each.id) ?? row.labelIds;
    row.updatedAt = new Date();
    return this.api.one(payments, query, row, this.store.loaders);
  }

  @Delete(':id')
  remove(@Req() request: FastifyRequest, @Param('id') id: string): FinishedAnswer {
    found(this.store.payments, id);
    this.api.deleteBody(payments, request, id);
    this.store.payments.delete(id);
    return this.api.noContent();
  }

  @Post(':id/expiration')
  expire(@Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(payments, request);
    const row = found(this.store.payments, id);
    row.status = 'expired';
    return this.api.one(payments, query, row, this.store.loaders);
  }

  @Post('exports')
  startExport(@Req() request: FastifyRequest): FinishedAnswer {
    return this.api.meta(request, { queued: true }, 202);
  }

  @Get(':id/:name')
  related(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('name') name: string,
  ): Promise<FinishedAnswer> {
    return this.api.related(payments, name, request, found(this.store.payments, id), this.store.loaders);
  }

  @Get(':id/relationships/:name')
  relationship(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('name') name: string,
  ): Promise<FinishedAnswer> {
    return this.api.relationship(payments, name, request, found(this.store.payments, id), this.store.loaders);
  }

  @Patch(':id/relationships/:name')
  replace(@Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): FinishedAnswer {
    const row = found(this.store.payments, id);
    const linkage = this.api.linkageBody(payments, name, request);
    if (name === 'customer') row.customerId = (linkage as Identifier | null)?.id ?? null;
    else row.labelIds = this.labelIds(linkage as Identifier[]);
    return this.api.noContent();
  }

  @Post(':id/relationships/:name')
  add(@Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): FinishedAnswer {
    const row = found(this.store.payments, id);
    row.labelIds = [
      ...new Set([...row.labelIds, ...this.labelIds(this.api.linkageBody(payments, name, request) as Identifier[])]),
    ];
    return this.api.noContent();
  }

  @Delete(':id/relationships/:name')
  take(@Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): FinishedAnswer {
    const row: Payment = found(this.store.payments, id);
    const gone = (this.api.linkageBody(payments, name, request) as Identifier[]).map((each) => each.id);
    row.labelIds = row.labelIds.filter((each) => !gone.includes(each));
    return this.api.noContent();
  }

  private labelIds(linkage: readonly Identifier[]): string[] {
    for (const { id } of linkage) if (!this.store.labels.has(id)) throw new DomainError('related_resource_not_found');
    return linkage.map(({ id }) => id);
  }
}

@Controller(PREFIX)
class OthersController {
  constructor(
    @Inject(JsonApi) private readonly api: JsonApi,
    @Inject(MiniStore) private readonly store: MiniStore,
  ) {}

  @Get('customers/:id')
  customer(@Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    return this.api.one(
      customers,
      this.api.query(customers, request),
      found(this.store.customers, id),
      this.store.loaders,
    );
  }

  @Patch('customers/:id')
  updateCustomer(@Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const row = found(this.store.customers, id);
    Object.assign(row, this.api.updateBody(customers, request, CustomerDto, row).attributes);
    return this.api.one(customers, this.api.query(customers, request), row, this.store.loaders);
  }

  @Get('customers/:id/:name')
  customerRelated(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('name') name: string,
  ): Promise<FinishedAnswer> {
    return this.api.related(customers, name, request, found(this.store.customers, id), this.store.loaders);
  }

  @Get('customers/:id/relationships/:name')
  customerRelationship(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('name') name: string,
  ): Promise<FinishedAnswer> {
    return this.api.relationship(customers, name, request, found(this.store.customers, id), this.store.loaders);
  }

  @Get('refunds/:id')
  refund(@Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    return this.api.one(refunds, this.api.query(refunds, request), found(this.store.refunds, id), this.store.loaders, {
      version: 1,
    });
  }

  @Get('refunds/:id/:name')
  refundRelated(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('name') name: string,
  ): Promise<FinishedAnswer> {
    return this.api.related(refunds, name, request, found(this.store.refunds, id), this.store.loaders);
  }

  @Get('refunds/:id/relationships/:name')
  refundRelationship(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('name') name: string,
  ): Promise<FinishedAnswer> {
    return this.api.relationship(refunds, name, request, found(this.store.refunds, id), this.store.loaders);
  }

  @Get('labels/:id')
  label(@Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    return this.api.one(labels, this.api.query(labels, request), found(this.store.labels, id));
  }

  @Get('payouts/:id')
  payout(@Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    return this.api.one(payouts, this.api.query(payouts, request), found(this.store.payouts, id));
  }

  @Get('webhook_endpoints/:id')
  endpoint(@Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const row = found(this.store.endpoints, id);
    return this.api.one(webhookEndpoints, this.api.query(webhookEndpoints, request), row, {}, { version: row.version });
  }

  @Patch('webhook_endpoints/:id')
  updateEndpoint(@Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const row = found(this.store.endpoints, id);
    assertIfMatch(request.headers['if-match'], row.version, { required: true });
    row.url = this.api.updateBody(webhookEndpoints, request, EndpointDto, row).attributes.url;
    row.version += 1;
    return this.api.one(webhookEndpoints, this.api.query(webhookEndpoints, request), row, {}, { version: row.version });
  }

  @Get('breaks')
  breaks(): never {
    throw new Error('select secret from vault');
  }

  @Get('limited')
  limited(): never {
    throw new DomainError('rate_limited', { retryAfterSeconds: 3 });
  }

  @Post('plain')
  plain(@Body() body: unknown): unknown {
    return body;
  }
}

export interface MiniApp {
  readonly url: string;
  readonly origin: string;
  readonly store: MiniStore;
  stop(): Promise<void>;
}

/** The protocol layer with the product's own filter, hygiene and parser, in front of rows in memory. */
export async function startMiniApp(): Promise<MiniApp> {
  const errors = new Logger('Error');
  let requests = 0;
  const adapter = new FastifyAdapter({
    bodyLimit: 64 * 1024,
    genReqId: () => `req-${(requests += 1)}`,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendError(error, request, reply, DIALECTS, errors, undefined),
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
  const store = new MiniStore();
  const holder: { api?: JsonApi } = {};
  @Module({
    controllers: [PaymentsController, OthersController],
    providers: [
      { provide: MiniStore, useValue: store },
      { provide: JsonApi, useFactory: () => holder.api },
    ],
  })
  class MiniModule {}
  // The base URL must be known before the application is made.
  const port = await freePort();
  holder.api = new JsonApi(resources, `http://127.0.0.1:${port}/${PREFIX}`, new CursorCodec(Buffer.alloc(32, 7)));
  const app = await NestFactory.create<NestFastifyApplication>(MiniModule, adapter, {
    bodyParser: false,
    logger: false,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  const allow = new AllowTable();
  allow.watch(fastify);
  registerHygiene(fastify, () => false);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, parseJsonBody(body as Buffer)),
  );
  registerJsonApi(fastify, { prefix: `/${PREFIX}`, parseJson: parseJsonBody });
  app.useGlobalFilters(new ErrorFilter(DIALECTS, allow));
  app.useGlobalPipes(new ValidationPipe());
  await app.listen({ port, host: '127.0.0.1' });
  return {
    url: `http://127.0.0.1:${port}/${PREFIX}`,
    origin: `http://127.0.0.1:${port}`,
    store,
    stop: begin(() => app.close()),
  };
}
