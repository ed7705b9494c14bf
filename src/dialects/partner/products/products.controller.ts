import { Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { DomainError } from '../../../common/errors';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { RequestBody } from '../../../jsonapi/request-body';
import type { Identifier } from '../../../jsonapi/resource';
import { CreateProductDto, newProduct, productChange, UpdateProductDto } from './product.dto';
import type { Product } from '../../../products/product';
import { products } from './product.resource';
import { TaxRatesService } from '../../../products/tax-rates.service';
import type { SentLinkage } from '../../../jsonapi/request-relationships';
import {
  ChangedDraft,
  type ChangeOf,
  DraftDocument,
  IfMatch,
  Listing,
  type ListingOf,
  SentLinkageOf,
} from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { ProductsService } from '../../../products/products.service';

/** Which attribute a refusal of the service is about. */
const BLAMED = { currency_unsupported: 'currency', amount_too_precise: 'price', product_sku_taken: 'sku' } as const;

@Idempotent()
@DocumentsOf(products)
@Controller('api/public/v1/products')
export class ProductsController {
  constructor(
    private readonly service: ProductsService,
    private readonly taxRates: TaxRatesService,
  ) {}

  @Get()
  @Requires('products:read')
  list(
    @Caller() { merchantId }: Principal,
    @Listing() { filter, page }: ListingOf<typeof products>,
  ): Promise<Product[]> {
    return this.service.list(merchantId, filter, page);
  }

  @Post()
  @Refuses(
    'currency_unsupported',
    'amount_too_precise',
    'product_limit_reached',
    'product_sku_taken',
    'related_resource_not_found',
  )
  @Requires('products:write')
  async create(
    @Author() author: ChangingPrincipal,
    @DraftDocument(CreateProductDto) body: RequestBody<CreateProductDto>,
  ): Promise<Product> {
    await this.judge(body);
    const draft = newProduct(body.attributes, (await this.taxRateOf(author, body)) ?? null);
    return body.blaming(BLAMED, () => this.service.create(author, draft));
  }

  @Get(':id')
  @Requires('products:read')
  read(@Caller() { merchantId }: Principal, @Param('id') id: string): Promise<Product> {
    return this.service.get(merchantId, id);
  }

  @Patch(':id')
  @Refuses('currency_unsupported', 'amount_too_precise', 'product_sku_taken', 'related_resource_not_found')
  @Requires('products:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
    @ChangedDraft(UpdateProductDto) changed: ChangeOf<UpdateProductDto>,
  ): Promise<Product> {
    const before = await this.service.get(author.merchantId, id);
    const body = changed(before);
    await this.judge(body, before);
    const change = productChange(body.attributes, await this.taxRateOf(author, body));
    return body.blaming(BLAMED, () => this.service.update(author, id, change, ifMatch));
  }

  @Delete(':id')
  @Refuses('product_in_use')
  @Requires('products:write')
  async delete(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<void> {
    await this.service.delete(author, id, ifMatch);
  }

  @Get(':id/relationships/:name')
  @Requires('products:read')
  relationship(@Caller() { merchantId }: Principal, @Param('id') id: string): Promise<Product> {
    return this.service.get(merchantId, id);
  }

  @Patch(':id/relationships/:name')
  @Refuses('related_resource_not_found')
  @Requires('products:write')
  async relate(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
    @SentLinkageOf() sent: () => SentLinkage,
  ): Promise<void> {
    await this.service.get(author.merchantId, id);
    const linkage = sent() as Identifier | null;
    if (linkage !== null && !(await this.hasTaxRate(author.merchantId, linkage.id)))
      throw new DomainError('related_resource_not_found');
    await this.service.update(author, id, { taxRateId: linkage?.id ?? null }, ifMatch);
  }

  @Get(':id/:name')
  @Requires('products:read')
  related(@Caller() { merchantId }: Principal, @Param('id') id: string): Promise<Product> {
    return this.service.get(merchantId, id);
  }

  private judge(body: RequestBody<Pick<UpdateProductDto, 'price' | 'currency'>>, before?: Product): Promise<void> {
    const { currency } = body.attributes;
    return body.assertAll(BLAMED, [
      [
        ['currency'],
        () => currency !== undefined && currency !== before?.currency && this.service.assertCurrency(currency),
      ],
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
