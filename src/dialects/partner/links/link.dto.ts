import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
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
import { Reference } from '../../../http/reference.decorator';
import { IsMetadata } from '../../../http/metadata.decorator';
import { offering } from '../../../http/offer';
import { Omittable } from '../../../http/omittable.decorator';
import { IsTexts } from '../../../http/texts.decorator';
import { MAX_QUESTIONS } from '../../../links/offers/sent-details';
import { LINK_KINDS, type LinkKind } from '../../../links/link-kinds';
import { type Interval, INTERVALS } from '../../../links/terms/recurrence';

const MAX_PAYMENTS = 1_000_000;

class OpenAmountDto {
  @IsOptional() @IsString() @Length(1, 20) minimum?: string | null;
  @IsOptional() @IsString() @Length(1, 20) maximum?: string | null;
  @IsOptional() @IsArray() @ArrayMaxSize(10) @IsString({ each: true }) @Length(1, 20, { each: true }) presets?:
    string[] | null;
}

class QuantityDto {
  @IsInt() @Min(2) @Max(1000) maximum: number;
}

class RecurrenceDto {
  @IsIn(INTERVALS) interval: Interval;
  @IsOptional() @IsInt() @Min(1) @Max(24) intervalCount?: number | null;
  @IsOptional() @IsInt() @Min(1) @Max(120) billingCycles?: number | null;
  @IsOptional() @IsInt() @Min(0) @Max(365) openDays?: number | null;
  @IsOptional() @IsInt() @Min(1) @Max(1095) graceDays?: number | null;
  @IsOptional() @IsInt() @Min(0) @Max(365) reactivationDays?: number | null;
  @IsOptional() @IsBoolean() rollForward?: boolean | null;
}

/** Attributes of a new link. Only shapes are checked here; `linkTerms` judges what they mean. */
export class CreateLinkDto {
  @IsOptional() @IsIn(LINK_KINDS, offering(LINK_KINDS)) kind?: LinkKind | null;
  @IsOptional() @IsString() @Length(1, 20) amount?: string | null;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => OpenAmountDto) openAmount?: OpenAmountDto | null;
  @IsString() @Length(1, 12) currency: string;
  @IsIn(['Invoice', 'Payout'], offering(['Invoice'])) paymentType: 'Invoice' | 'Payout';
  @IsString() @MaxLength(40) expiresAt: string;
  @IsOptional() @IsString() @Length(1, 12) accountCurrency?: string | null;
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @MaxLength(40, { each: true })
  paymentMethods?: string[] | null;
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(12, { each: true })
  payCurrencies?: string[] | null;
  @IsOptional() @Reference() @IsString() @Length(1, 255) reference?: string | null;
  @IsOptional() @IsInt() @Min(1) @Max(MAX_PAYMENTS) maxPayments?: number | null;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => QuantityDto) quantity?: QuantityDto | null;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => RecurrenceDto) recurrence?: RecurrenceDto | null;
  @IsOptional() @IsString() @MaxLength(2048) successRedirectUrl?: string | null;
  @IsOptional() @IsString() @MaxLength(2048) unsuccessRedirectUrl?: string | null;
  @IsOptional() @IsString() @Length(1, 300) @IsVisible() title?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) description?: string | null;
  @IsOptional() @IsMetadata() metadata?: Record<string, string> | null;
  @IsOptional() @IsString() @Length(1, 2048) slug?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) coverImage?: string | null;
  @IsOptional() @IsTexts(MAX_QUESTIONS, 200) customFields?: Record<string, string> | null;
  @IsOptional() @IsBoolean() collectsAddress?: boolean | null;
  @IsOptional() @IsBoolean() adjustsQuantity?: boolean | null;
  @IsOptional() @IsBoolean() showsCodes?: boolean | null;
  @IsOptional() @IsString() @Length(1, 255) @IsVisible() paidFor?: string | null;
}

/** What may change of a link; `linkRevision` judges when. */
export class UpdateLinkDto {
  @IsOptional() @IsString() @Length(1, 300) @IsVisible() title?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) description?: string | null;
  @IsOptional() @IsInt() @Min(1) @Max(MAX_PAYMENTS) maxPayments?: number | null;
  @Omittable() @IsString() @MaxLength(40) expiresAt?: string;
  @IsOptional() @IsString() @MaxLength(2048) successRedirectUrl?: string | null;
  @IsOptional() @IsString() @MaxLength(2048) unsuccessRedirectUrl?: string | null;
  @Omittable() @IsIn(['active', 'inactive']) status?: 'active' | 'inactive';
  @Omittable() @IsMetadata() metadata?: Record<string, string>;
  @IsOptional() @IsString() @MaxLength(2000) coverImage?: string | null;
  @IsOptional() @IsTexts(MAX_QUESTIONS, 200) customFields?: Record<string, string> | null;
  @Omittable() @IsBoolean() collectsAddress?: boolean;
  @Omittable() @IsBoolean() showsCodes?: boolean;
  @IsOptional() @IsString() @Length(1, 255) @IsVisible() paidFor?: string | null;
}
