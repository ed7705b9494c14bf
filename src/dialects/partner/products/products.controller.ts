import { Controller, Delete, Get, Param, Patch, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { DomainError } from '../../../common/errors';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import type { RequestBody } from '../../../jsonapi/request-body';
import type { Identifier } from '../../../jsonapi/resource';
import { CreateProductDto, newProduct, productChange, UpdateProductDto } from './product.dto';
import type { Product } from '../../../products/product';
import { products } from './product.resource';
import { TaxRatesService } from '../../../products/tax-rates.service';
import { PartnerLoadersService } from '../partner-loaders.service';
import { ProductsService } from '../../../products/products.service';

/** Which attribute a refusal of the service is about. */
const BLAMED = { currency_unsupported: 'currency', amount_too_precise: 'price', product_sku_taken: 'sku' } as const;

@Idempotent()
@Controller('api/public/v1/products')
export class ProductsController {
  constructor(
    private readonly api: JsonApi,
    private readonly service: ProductsService,
    private readonly taxRates: TaxRatesService,
    private readonly loaders: PartnerLoadersService,
  ) {}

  @Get()
  @Requires('products:read')
  async list(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(products, request, caller.merchantId);
    return this.api.list(products, query, await this.service.list(caller.merchantId, query.filter, query.page), this.loaders.of(caller));
  }

  @Post()
  @Requires('products:write')
  async create(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(products, request);
    const body = this.api.createDraft(products, request, CreateProductDto);
    await this.judge(body);
    const draft = newProduct(body.attributes, (await this.taxRateOf(author, body)) ?? null);
    const product = await body.blaming(BLAMED, () => this.service.create(author, draft));
    return this.api.created(products, query, product, this.loaders.of(author), { version: product.version });
  }

  @Get(':id')
  @Requires('products:read')
  async read(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(products, request);
    const product = await this.service.get(caller.merchantId, id);
    return this.api.one(products, query, product, this.loaders.of(caller), { version: product.version });
  }

  @Patch(':id')
  @Requires('products:write')
  async update(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(products, request);
    const before = await this.service.get(author.merchantId, id);
    const body = this.api.updateDraft(products, request, UpdateProductDto, before);
    await this.judge(body, before);
    const change = productChange(body.attributes, await this.taxRateOf(author, body));
    const product = await body.blaming(BLAMED, () => this.service.update(author, id, change, request.headers['if-match']));
    return this.api.one(products, query, product, this.loaders.of(author), { version: product.version });
  }

  @Delete(':id')
  @Requires('products:write')
  async delete(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    await this.service.get(author.merchantId, id);
    this.api.deleteBody(products, request, id);
    await this.service.delete(author, id, request.headers['if-match']);
    return this.api.noContent();
  }

  @Get(':id/relationships/:name')
  @Requires('products:read')
  async relationship(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.relationship(products, name, request, await this.service.get(caller.merchantId, id), this.loaders.of(caller));
  }

  @Patch(':id/relationships/:name')
  @Requires('products:write')
  async relate(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    await this.service.get(author.merchantId, id);
    const linkage = this.api.linkageBody(products, name, request) as Identifier | null;
    if (linkage !== null && !(await this.hasTaxRate(author.merchantId, linkage.id))) throw new DomainError('related_resource_not_found');
    await this.service.update(author, id, { taxRateId: linkage?.id ?? null }, request.headers['if-match']);
    return this.api.noContent();
  }

  @Get(':id/:name')
  @Requires('products:read')
  async related(@Caller() caller: Principal, @Req() request: FastifyRequest, @Param('id') id: string, @Param('name') name: string): Promise<FinishedAnswer> {
    return this.api.related(products, name, request, await this.service.get(caller.merchantId, id), this.loaders.of(caller));
  }

  private judge(body: RequestBody<Pick<UpdateProductDto, 'price' | 'currency'>>, before?: Product): Promise<void> {
    const { currency } = body.attributes;
    return body.assertAll(BLAMED, [
      [['currency'], () => currency !== undefined && currency !== before?.currency && this.service.assertCurrency(currency)],
      [['currency', 'price'], () => this.service.assertPrice(body.attributes, before)],
    ]);
  }

  /** Undefined when the body does not say. */
  private async taxRateOf({ merchantId }: Principal, body: RequestBody<object>): Promise<string | null | undefined> {
    const sent = body.toOne('taxRate');
    if (sent === undefined || sent === null || (await this.hasTaxRate(merchantId, sent.id))) return sent && sent.id;
    throw body.relatedNotFound('taxRate');
  }

  private async hasTaxRate(merchantId: string, id: string): Promise<boolean> {
    return (await this.taxRates.listByIds(merchantId, [id])).length === 1;
  }
}
