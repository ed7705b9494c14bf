import { IsIn, IsOptional, IsString, Length, Matches, MaxLength } from '../../../http/validators';
import { IsVisible } from '../../../http/visible.decorator';
import { MAX_AMOUNT } from '../../../common/money';
import { IsDecimal } from '../../../http/decimal.decorator';
import { IsMetadata } from '../../../http/metadata.decorator';
import { Omittable } from '../../../http/omittable.decorator';
import type { ProductChange, ProductDraft } from '../../../products/products.service';
import { CATALOG_STATUSES, type CatalogStatus } from '../../../products/tax-rate';

const CURRENCY = /^[A-Za-z0-9]{3,12}$/;
const CURRENCY_RULE = { message: 'value must be the code of a currency or asset, such as EUR or USDC' };
const PRICE_RANGE = {
  min: 1n,
  max: MAX_AMOUNT,
  message: 'must be a decimal string greater than 0 with at most 7 decimals',
};

export class CreateProductDto {
  @IsString() @Length(1, 200) @IsVisible() name: string;
  @IsOptional() @IsString() @MaxLength(2000) description?: string | null;
  @IsOptional() @IsString() @Length(1, 100) sku?: string | null;
  @IsString({ message: 'value must be a decimal string' }) @IsDecimal(PRICE_RANGE) price: string;
  @IsString() @Matches(CURRENCY, CURRENCY_RULE) currency: string;
  @Omittable() @IsMetadata() metadata?: Record<string, string>;
}

export class UpdateProductDto {
  @Omittable() @IsString() @Length(1, 200) @IsVisible() name?: string;
  @IsOptional() @IsString() @MaxLength(2000) description?: string | null;
  @IsOptional() @IsString() @Length(1, 100) sku?: string | null;
  @Omittable() @IsString({ message: 'value must be a decimal string' }) @IsDecimal(PRICE_RANGE) price?: string;
  @Omittable() @IsString() @Matches(CURRENCY, CURRENCY_RULE) currency?: string;
  @Omittable() @IsIn(CATALOG_STATUSES) status?: CatalogStatus;
  @Omittable() @IsMetadata() metadata?: Record<string, string>;
}

export function newProduct(dto: CreateProductDto, taxRateId: string | null): ProductDraft {
  const { name, description, sku, price, currency, metadata } = dto;
  return {
    name,
    description: description ?? null,
    sku: sku ?? null,
    price,
    currency,
    taxRateId,
    metadata: metadata ?? {},
  };
}

/** The members that were sent. */
export function productChange(
  sent: Pick<UpdateProductDto, keyof UpdateProductDto>,
  taxRateId: string | null | undefined,
): ProductChange {
  return { ...sent, ...(taxRateId === undefined ? {} : { taxRateId }) };
}
