import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from '../http/validators';
import { MAX_AMOUNT } from '../common/money';
import { decimalText } from '../common/number-text';
import { IsDecimal } from '../http/decimal.decorator';
import { IsTexts } from '../http/texts.decorator';
import { MAX_BASKET_LINES, MAX_LINE_QUANTITY } from '../links/offers/basket';
import { MAX_ANSWERS, MAX_QUESTIONS, type PostalAddress, type SentDetails } from '../links/offers/sent-details';
import type { CheckoutChoice } from '../links/offers/link-offer';

class ItemDto {
  @IsString() @Length(1, 40) productId: string;
  @IsInt() @Min(1) @Max(MAX_LINE_QUANTITY) quantity: number;
}

export class AddressDto {
  @IsOptional() @IsString() @MaxLength(300) street?: string;
  @IsOptional() @IsString() @MaxLength(300) city?: string;
  @IsOptional() @IsString() @MaxLength(300) postalCode?: string;
  @IsOptional() @IsString() @MaxLength(300) country?: string;
}

/** A payer's choice; what of it the link asks for is the link's to say. */
export class ChoiceDto {
  @IsString() @Length(1, 12) asset: string;
  @IsOptional()
  @IsDecimal({ min: 1n, max: MAX_AMOUNT, message: 'must be a decimal greater than 0 with at most 7 decimals' })
  amount?: unknown;
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000_000) quantity?: number;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_BASKET_LINES)
  @ValidateNested({ each: true })
  @Type(() => ItemDto)
  items?: ItemDto[];
  @IsOptional() @IsString() @MaxLength(300) name?: string;
  @IsOptional() @IsString() @MaxLength(320) email?: string;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => AddressDto) address?: AddressDto;
  @IsOptional() @IsTexts(MAX_QUESTIONS, MAX_ANSWERS) customFields?: Record<string, string>;
}

export function choiceOf({ asset, amount, quantity, items, ...details }: ChoiceDto): CheckoutChoice {
  const text = decimalText(amount);
  return {
    asset,
    ...(text === undefined ? {} : { amount: text }),
    ...(typeof quantity === 'number' ? { quantity } : {}),
    ...(Array.isArray(items)
      ? { items: items.map(({ productId, quantity: pieces }) => ({ productId, quantity: pieces })) }
      : {}),
    ...detailsSaid(details),
  };
}

/** What is said of the payer, if anything is. */
export function detailsSaid({
  name,
  email,
  address,
  customFields,
}: Pick<ChoiceDto, 'name' | 'email' | 'address' | 'customFields'>): { details?: SentDetails } {
  const details: SentDetails = {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof email === 'string' ? { email } : {}),
    ...(address === undefined || address === null ? {} : { address: addressSaid(address) }),
    ...(customFields === undefined || customFields === null ? {} : { customFields: { ...customFields } }),
  };
  return Object.keys(details).length === 0 ? {} : { details };
}

export class TestPaymentDto {
  @IsOptional() @IsString() @Length(1, 12) sendAsset?: string;
}

function addressSaid({ street = '', city = '', postalCode = '', country = '' }: AddressDto): PostalAddress {
  return { street, city, postalCode, country };
}
