import { Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import { DomainError } from '../../../common/errors';
import { decimalText } from '../../../common/number-text';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { type Change, ChangeBody } from '../../../http/change.decorator';
import { TakesForm } from '../../../http/form-body';
import { NewBody } from '../../../http/new-body.decorator';
import { assertAll, type SentBody, validationFailed } from '../../../http/sent-body';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { Product } from '../../../products/product';
import { ProductsService } from '../../../products/products.service';
import { spanOf } from '../list-query';
import { namedNotFound } from '../named-not-found';
import {
  CreateProductDto,
  DEFAULT_CURRENCY,
  ListProductsQuery,
  newProduct,
  productChange,
  UpdateProductDto,
} from './product.dto';
import { productView } from './product.presenter';

const NOUN = 'Product';

@Idempotent()
@Controller('api/v0/products')
export class MerchantProductsController {
  constructor(private readonly products: ProductsService) {}

  @Post()
  @TakesForm('any')
  @Requires('products:write')
  async create(
    @Author() author: ChangingPrincipal,
    @NewBody(CreateProductDto) body: SentBody<CreateProductDto>,
  ): Promise<unknown> {
    const { price, currency = DEFAULT_CURRENCY } = body.dto;
    await assertAll(body, [[['price', 'currency'], () => this.assertPrice({ price, currency })]]);
    return productView(await this.products.create(author, newProduct(body.dto)));
  }

  /** The newest first, archived ones too. */
  @Get()
  @Requires('products:read')
  async list(@Caller() { merchantId }: Principal, @Query() query: ListProductsQuery): Promise<unknown> {
    const { skip, take } = spanOf(query);
    const { products, total } = await this.products.slice(merchantId, skip, take);
    return { data: products.map(productView), total, skip, take };
  }

  @Get(':id')
  @Requires('products:read')
  async read(@Caller() { merchantId }: Principal, @Param('id') id: string): Promise<unknown> {
    return productView(await namedNotFound(NOUN, this.products.get(merchantId, id)));
  }

  /** Changes the members that were sent, and keeps all others. */
  @Put(':id')
  @HttpCode(200)
  @TakesForm('any')
  @Requires('products:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @ChangeBody(UpdateProductDto) change: Change<UpdateProductDto>,
  ): Promise<unknown> {
    const before = await namedNotFound(NOUN, this.products.get(author.merchantId, id));
    const body = change(productView(before));
    await assertAll(body, [[['price', 'currency'], () => this.assertPrice(body.dto, before)]]);
    return productView(await namedNotFound(NOUN, this.products.update(author, id, productChange(body.dto))));
  }

  /** What it was. One that a link sells is refused: it can be archived. */
  @Delete(':id')
  @HttpCode(200)
  @Requires('products:write')
  async delete(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<unknown> {
    return productView(await namedNotFound(NOUN, this.products.delete(author, id)));
  }

  /** Throws `validation_failed` naming the price. */
  private assertPrice({ price, currency: said }: Pick<UpdateProductDto, 'price' | 'currency'>, before?: Product): void {
    const text = decimalText(price);
    const currency = said === null ? DEFAULT_CURRENCY : said;
    const sent = { ...(text === undefined ? {} : { price: text }), ...(currency === undefined ? {} : { currency }) };
    try {
      this.products.assertPrice(sent, before);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw validationFailed([{ path: 'price', message: error.message }]);
    }
  }
}
