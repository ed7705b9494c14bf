import { Transform } from 'class-transformer';
import { amountOf, formatAmount, MAX_AMOUNT, parseAmount } from '../../../common/money';
import { decimalText, type NumberText } from '../../../common/number-text';
import { IsDecimal } from '../../../http/decimal.decorator';
import { Omittable } from '../../../http/omittable.decorator';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Length, registerDecorator } from '../../../http/validators';
import { IsVisible } from '../../../http/visible.decorator';
import { imageUrlsOf, isImageUrl, MAX_IMAGES } from '../../../products/image-url';
import type { ProductTraits } from '../../../products/product';
import type { ProductChange, ProductDraft } from '../../../products/products.service';
import type { CatalogStatus } from '../../../products/tax-rate';
import { IsSkip, IsTake } from '../list-query';
import { ChangedNamesOfShops, NamesOfShops } from '../member-names';

const PRODUCT_CURRENCIES = ['USD', 'EUR', 'GBP', 'CAD', 'AUD', 'JPY'] as const;
export const DEFAULT_CURRENCY = 'USD';
/** INACTIVE says what ARCHIVED says: kept for what uses it, and offered no more. */
const STATUSES = ['ACTIVE', 'INACTIVE', 'ARCHIVED'] as const;

const TEXT = { message: 'value must be a text, sent once' };
const PRICE = {
  min: amountOf('0.01'),
  max: MAX_AMOUNT,
  message: `must be a decimal number from 0.01 to ${formatAmount(MAX_AMOUNT)}, without exponent`,
};
const MEASURE = {
  min: 0n,
  max: amountOf('999999999'),
  message: 'must be a decimal number from 0 to 999999999 with at most 7 decimals, without exponent',
};

type Decimal = string | number | NumberText;

/** Forms have no null: an empty field says that there is nothing. */
function EmptyIsNull(): PropertyDecorator {
  return Transform(({ value }: { readonly value: unknown }) => (value === '' ? null : value));
}

/** A list, or the addresses joined by commas, as forms carry them; each of several fields of one name may be such a text. */
function ImageList(): PropertyDecorator {
  return Transform(({ value }: { readonly value: unknown }) => {
    if (typeof value === 'string') return imageUrlsOf(value);
    return Array.isArray(value)
      ? value.flatMap((each: unknown) => (typeof each === 'string' ? imageUrlsOf(each) : [each]))
      : value;
  });
}

function AreImageUrls(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'areImageUrls',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) =>
          Array.isArray(value) && value.every((each) => typeof each === 'string' && isImageUrl(each)),
        defaultMessage: () => 'value must be https:// URLs of at most 2048 characters',
      },
    });
  };
}

function UpperCase(): PropertyDecorator {
  return Transform(({ value }: { readonly value: unknown }) =>
    typeof value === 'string' ? value.toUpperCase() : value,
  );
}

/** What may be told besides, in a new product and in a change. A member that is emptied is null. */
class ProductExtras {
  @EmptyIsNull() @IsOptional() @IsString(TEXT) @Length(1, 100) @IsVisible() type?: string | null;
  @EmptyIsNull() @IsOptional() @IsString(TEXT) @Length(1, 100) @IsVisible() productType?: string | null;
  @EmptyIsNull() @IsOptional() @IsString(TEXT) @Length(1, 50) @IsVisible() unit?: string | null;
  @EmptyIsNull() @IsOptional() @IsDecimal(MEASURE) weight?: Decimal | null;
  @EmptyIsNull() @IsOptional() @IsDecimal(MEASURE) quantity?: Decimal | null;
  @EmptyIsNull() @IsOptional() @IsDecimal(MEASURE) stockCount?: Decimal | null;
  @ImageList()
  @IsOptional()
  @IsArray({ message: 'value must be a list of https:// URLs' })
  @ArrayMaxSize(MAX_IMAGES, { message: `value must have at most ${MAX_IMAGES} URLs` })
  @AreImageUrls()
  images?: string[] | null;
}

const MEANT = { image: 'images', stock: 'stockCount', title: 'name' };

@NamesOfShops(MEANT)
export class CreateProductDto extends ProductExtras {
  @IsString(TEXT) @Length(1, 200) @IsVisible() name: string;
  @IsString(TEXT) @Length(1, 2000) @IsVisible() description: string;
  @EmptyIsNull() @IsDecimal(PRICE) price: Decimal;
  @EmptyIsNull() @IsOptional() @IsIn(PRODUCT_CURRENCIES) currency?: string;
  @EmptyIsNull() @UpperCase() @IsOptional() @IsIn(STATUSES) status?: (typeof STATUSES)[number];
}

@ChangedNamesOfShops(MEANT)
export class UpdateProductDto extends ProductExtras {
  @Omittable() @IsString(TEXT) @Length(1, 200) @IsVisible() name?: string;
  @Omittable() @IsString(TEXT) @Length(1, 2000) @IsVisible() description?: string;
  @Omittable() @IsDecimal(PRICE) price?: Decimal;
  @EmptyIsNull() @IsOptional() @IsIn(PRODUCT_CURRENCIES) currency?: string | null;
  @EmptyIsNull() @UpperCase() @IsOptional() @IsIn(STATUSES) status?: (typeof STATUSES)[number] | null;
}

export class ListProductsQuery {
  @IsSkip() skip?: string;
  @IsTake(100) take?: string;
}

/** Of a body without faults. */
export function newProduct({ name, description, price, currency, status, ...extras }: CreateProductDto): ProductDraft {
  return {
    name,
    description,
    sku: null,
    price: decimalText(price) ?? '',
    currency: currency ?? DEFAULT_CURRENCY,
    taxRateId: null,
    metadata: {},
    ...(status === undefined ? {} : { status: catalogStatus(status) }),
    ...traitsOf(extras),
  };
}

/** The members that were sent, of a body without faults. */
export function productChange({ price, status, ...sent }: UpdateProductDto): ProductChange {
  const { name, description, currency, ...extras } = sent;
  return {
    ...present({ name, description, currency: currency === null ? DEFAULT_CURRENCY : currency }),
    ...(price === undefined ? {} : { price: decimalText(price) ?? '' }),
    ...(status === undefined ? {} : { status: catalogStatus(status ?? 'ACTIVE') }),
    ...traitsOf(extras),
  };
}

function traitsOf({ images, weight, quantity, stockCount, ...texts }: ProductExtras): Partial<ProductTraits> {
  return {
    ...present(texts),
    ...(images === undefined ? {} : { images: images ?? [] }),
    ...present({ weight: measure(weight), quantity: measure(quantity), stockCount: measure(stockCount) }),
  };
}

/** In its shortest spelling, so that `1.50` after `1.5` changes nothing. */
function measure(value: Decimal | null | undefined): string | null | undefined {
  if (value === undefined || value === null) return value;
  const parsed = parseAmount(decimalText(value) ?? '');
  return parsed === undefined ? null : formatAmount(parsed.amount);
}

function catalogStatus(status: (typeof STATUSES)[number]): CatalogStatus {
  return status === 'ACTIVE' ? 'active' : 'archived';
}

function present<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
