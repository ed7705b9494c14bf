import { Type } from 'class-transformer';
import { formatAmount, MAX_AMOUNT } from '../../../common/money';
import { IsDecimal } from '../../../http/decimal.decorator';
import { Omittable } from '../../../http/omittable.decorator';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from '../../../http/validators';
import { IsVisible } from '../../../http/visible.decorator';
import { MAX_BASKET_LINES, MAX_LINE_QUANTITY } from '../../../links/offers/basket';
import { SHOP_MINIMUM } from '../../../links/offers/link-pricing.service';
import { IsDay, IsSkip, IsTake } from '../list-query';
import { ChangedNamesOfShops, NamesOfShops } from '../member-names';
import { NotOffered } from './not-offered.decorator';

export const LINK_TYPES = ['PRODUCT', 'DONATION', 'SUBSCRIPTION', 'INVOICE', 'COLLECTION'] as const;
export type LinkType = (typeof LINK_TYPES)[number];
export const LINK_CURRENCIES = ['usdc', 'eurc'] as const;
export const RECURRING_TYPES = ['ONE_TIME', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
export type RecurringType = (typeof RECURRING_TYPES)[number];

const MAX_PAYMENTS = 1_000_000;
const MAX_PRESETS = 10;
const AMOUNT = {
  min: SHOP_MINIMUM,
  max: MAX_AMOUNT,
  message: `must be a decimal from 0.01 to ${formatAmount(MAX_AMOUNT)} with at most 7 decimals, without exponent`,
};
const PRESETS = { ...AMOUNT, message: AMOUNT.message.replace('a decimal', 'decimals') };

/** What else these are called elsewhere. */
const MEANT = {
  expiresAt: 'expiration_date',
  expiry: 'expiration_date',
  expiryDate: 'expiration_date',
  expiration: 'expiration_date',
  expirationTime: 'expiration_date',
  deadline: 'expiration_date',
  validUntil: 'expiration_date',
  maxPayment: 'maxPayments',
  limitPayment: 'limitPayments',
  minimumAmount: 'minAmount',
  maximumAmount: 'maxAmount',
  presets: 'presetAmounts',
  products: 'paymentLinkProducts',
  isForAllProducts: 'isForAllProduct',
  collectTaxes: 'collectTax',
  customField: 'customFields',
  slug: 'url',
};

export class PaymentLinkProductDto {
  @IsString() @MaxLength(100) productId: string;
  @IsOptional() @IsInt() @Min(1) @Max(MAX_LINE_QUANTITY) quantity?: number | null;
}

/** What can be said when a link is made, and later. Only shapes are checked here; `judged` says what they mean. */
export class PaymentLinkMembersDto {
  @IsOptional() @IsString() @MaxLength(500) description?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) coverImage?: string | null;
  @IsOptional() @IsDecimal(AMOUNT) amount?: unknown;
  @IsOptional() @IsDecimal(AMOUNT) minAmount?: unknown;
  @IsOptional() @IsDecimal(AMOUNT) maxAmount?: unknown;
  @IsOptional() @IsArray() @ArrayMaxSize(MAX_PRESETS) @IsDecimal(PRESETS, { each: true }) presetAmounts?:
    unknown[] | null;
  @IsOptional() @IsString() @Length(1, 255) @IsVisible() paymentForId?: string | null;
  @IsOptional() @IsString() @MaxLength(100) customerId?: string | null;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_BASKET_LINES)
  @ValidateNested({ each: true })
  @Type(() => PaymentLinkProductDto)
  paymentLinkProducts?: PaymentLinkProductDto[] | null;
  @IsOptional() @IsBoolean() isForAllProduct?: boolean | null;
  @IsOptional() @IsBoolean() allowQuantityAdjustment?: boolean | null;
  @IsOptional() @IsBoolean() allowMobilePayment?: boolean | null;
  @IsOptional() @IsBoolean() collectTax?: boolean | null;
  @IsOptional() @IsString() @MaxLength(100) taxId?: string | null;
  @IsOptional() @IsBoolean() collectAddress?: boolean | null;
  @IsOptional() @IsBoolean() limitPayments?: boolean | null;
  @IsOptional() @IsInt() @Min(1) @Max(MAX_PAYMENTS) maxPayments?: number | null;
  @IsOptional() @IsObject() customFields?: Readonly<Record<string, unknown>> | null;
  @IsOptional() @IsString() @MaxLength(40) expiration_date?: string | null;
  /** Only of subscriptions; ONE_TIME and all others say nothing of other links. */
  @IsOptional() @IsIn(RECURRING_TYPES) recurringType?: RecurringType | null;

  @NotOffered([], 'cannot be chosen: the money goes to the receiving account of the merchant') walletId?: unknown;
  @NotOffered([false], 'is not offered: ask for a telephone number in customFields') requirePhoneNumber?: unknown;
  @NotOffered([false], 'is not offered: ask for a tax number in customFields') allowBusinessTaxId?: unknown;
  @NotOffered([true], 'cannot be false: every payment is made on the ledger') allowCryptoPayment?: unknown;
  @NotOffered([], 'is not offered: payers see the page of their payment') confirmationPage?: unknown;
  @NotOffered([false], 'is not offered: what is paid has a receipt') createInvoicePdf?: unknown;
}

@NamesOfShops(MEANT)
export class CreatePaymentLinkDto extends PaymentLinkMembersDto {
  @IsString() @Length(3, 100) @IsVisible() title: string;
  @IsString() @MaxLength(2048) url: string;
  @IsIn(LINK_TYPES) linkType: LinkType;
  @IsOptional() @IsIn(LINK_CURRENCIES) currency?: (typeof LINK_CURRENCIES)[number] | null;
}

/** Every member may be left out. Those that never change may be sent back as they were told. */
@ChangedNamesOfShops(MEANT)
export class UpdatePaymentLinkDto extends PaymentLinkMembersDto {
  @Omittable() @IsString() @Length(3, 100) @IsVisible() title?: string;
  @Omittable() @IsIn(['ACTIVE', 'INACTIVE']) status?: 'ACTIVE' | 'INACTIVE';
  @IsOptional() @IsString() @MaxLength(2048) url?: string | null;
  @IsOptional() @IsString() @MaxLength(20) linkType?: string | null;
  @IsOptional() @IsString() @MaxLength(12) currency?: string | null;
  /** Moves with every payment, so what was read may be old: it is not looked at. */
  @IsOptional() @IsString() @MaxLength(40) updatedAt?: string | null;
}

export class LinkStatisticsQuery {
  @IsDay() from?: string;
  @IsDay() to?: string;
}

export class PaymentLinksQuery {
  @IsSkip() skip?: string;
  @IsTake(100) take?: string;
}
