import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsArray,
  IsIn,
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
import { STROOPS_PER_UNIT } from '../../../common/money';
import { NETWORKS } from '../../../common/network';
import { IsDecimal } from '../../../http/decimal.decorator';
import { Omittable } from '../../../http/omittable.decorator';
import { INVOICE_STATUSES, type InvoiceStatus } from '../../../invoices/invoice-states';
import { MAX_WALLET_AMOUNT, WALLET_ASSETS, type WalletAsset } from '../links/create-link.dto';

const MAX_LINES = 50;
const MAX_QUANTITY = 999_999n * STROOPS_PER_UNIT;
const IsPrice = (): PropertyDecorator =>
  IsDecimal({
    min: 0n,
    max: MAX_WALLET_AMOUNT,
    message: 'must be a decimal from 0 to 999999999, with at most 7 decimals',
  });
/** Only the service adds up; an own sum of the caller might differ and would not be heard. */
const Calculated = (): PropertyDecorator =>
  Equals(undefined, { message: 'value is calculated from the lines and must not be sent' });

export class LineItemDto {
  @IsString() @Length(1, 500) @IsVisible() description: string;

  @IsDecimal({
    min: 1n,
    max: MAX_QUANTITY,
    message: 'must be a decimal greater than 0 and at most 999999, with at most 7 decimals',
  })
  quantity: unknown;

  @IsPrice() rate: unknown;
}

/** What an invoice says; `items` is another spelling of `lineItems`, `amount` alone stands for a single line. */
class InvoiceMembersDto {
  @Omittable() @IsString() @Length(1, 300) @IsVisible() title?: string;

  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_LINES)
  @ValidateNested({ each: true })
  @Type(() => LineItemDto)
  lineItems?: LineItemDto[];

  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_LINES)
  @ValidateNested({ each: true })
  @Type(() => LineItemDto)
  items?: LineItemDto[];

  @Omittable()
  @IsDecimal({
    min: 1n,
    max: MAX_WALLET_AMOUNT,
    message: 'must be a decimal greater than 0 and at most 999999999, with at most 7 decimals',
  })
  amount?: unknown;

  @IsOptional()
  @IsDecimal({ min: 0n, max: 100n * STROOPS_PER_UNIT, message: 'must be a decimal from 0 to 100, in percent' })
  taxRate?: unknown;

  @IsOptional() @IsPrice() discount?: unknown;
  @IsOptional() @IsString() @MaxLength(200) @IsVisible() clientName?: string | null;
  @IsOptional() @IsString() @MaxLength(320) @IsEmailAddress() clientEmail?: string | null;
  @IsOptional() @IsString() @MaxLength(200) clientCompany?: string | null;
  @IsOptional() @IsString() @MaxLength(500) clientAddress?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) notes?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) description?: string | null;
  @IsOptional() @Reference() @IsString() @MaxLength(120) reference?: string | null;
  @IsOptional() @IsString() @MaxLength(40) dueDate?: string | null;
  @Omittable() @IsString() @MaxLength(200) networkPassphrase?: string;
  @Omittable() @IsString() @MaxLength(100) freelancerWallet?: string;
  @Calculated() subtotal?: never;
  @Calculated() taxAmount?: never;
  @Calculated() total?: never;
  @Calculated() totalAmount?: never;
}

export class CreateInvoiceDto extends InvoiceMembersDto {
  @IsIn(WALLET_ASSETS) currency: WalletAsset;
}

/** An absent member stays as it is; null empties one that may be empty. */
export class PatchInvoiceDto extends InvoiceMembersDto {
  @Omittable() @IsIn(WALLET_ASSETS) currency?: WalletAsset;
}

const SORTS = ['createdAt', 'dueDate', 'total', 'invoiceNumber'] as const;
export type InvoiceSortField = (typeof SORTS)[number];

export class ListInvoicesQuery {
  @IsOptional() @Matches(/^([1-9]\d?|100)$/, { message: 'value must be a whole number from 1 to 100' }) limit?: string;
  @IsOptional() @Matches(/^\d{1,6}$/, { message: 'value must be a whole number from 0 to 999999' }) offset?: string;
  @IsOptional() @IsIn(INVOICE_STATUSES) status?: InvoiceStatus;
  @IsOptional() @IsIn(WALLET_ASSETS) currency?: WalletAsset;
  @IsOptional() @IsIn(NETWORKS) network?: (typeof NETWORKS)[number];
  @IsOptional() @IsString() @MaxLength(320) @IsEmailAddress() clientEmail?: string;
  @IsOptional()
  @Matches(new RegExp(`^(${SORTS.join('|')}):(asc|desc)$`), {
    message: `value must be one of ${SORTS.join(', ')} followed by :asc or :desc`,
  })
  sort?: string;
}
