import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from '../../../http/validators';
import { IsEmailAddress } from '../../../http/email.decorator';
import { IsVisible } from '../../../http/visible.decorator';
import { Reference } from '../../../http/reference.decorator';
import { MAX_AMOUNT } from '../../../common/money';
import { IsDecimal } from '../../../http/decimal.decorator';

const PERCENT = /^(100(\.0{1,4})?|(0|[1-9]\d?)(\.\d{1,4})?)$/;
const amount = {
  min: 0n,
  max: MAX_AMOUNT,
  message: 'must be a decimal string of at most 922337203685.4775807, with at most 7 decimals',
};

class InvoiceLineDto {
  @IsString() @Length(1, 300) @IsVisible() description: string;
  @IsOptional() @IsString() @IsDecimal(amount) quantity?: string | null;
  @IsString() @IsDecimal(amount) rate: string;
}

/** Attributes of a new invoice; sums are the server's. */
export class CreateInvoiceDto {
  @IsString() @Length(1, 12) currency: string;
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => InvoiceLineDto)
  lines: InvoiceLineDto[];
  @IsOptional()
  @IsString()
  @Matches(PERCENT, { message: 'value must be a percentage as a decimal string with at most 4 decimals' })
  taxRate?: string | null;
  @IsOptional() @IsString() @IsDecimal(amount) discount?: string | null;
  @IsOptional() @IsString() @Length(1, 300) @IsVisible() title?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) description?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) notes?: string | null;
  @IsOptional() @Reference() @IsString() @Length(1, 120) reference?: string | null;
  @IsOptional() @IsString() @Length(1, 200) @IsVisible() clientName?: string | null;
  @IsOptional() @IsString() @MaxLength(320) @IsEmailAddress() clientEmail?: string | null;
  @IsOptional() @IsString() @MaxLength(200) clientCompany?: string | null;
  @IsOptional() @IsString() @MaxLength(500) clientAddress?: string | null;
  @IsOptional() @IsString() @MaxLength(40) expiresAt?: string | null;
}
