import { MAX_AMOUNT } from '../../../common/money';
import { IsDecimal } from '../../../http/decimal.decorator';
import { IsEmailAddress } from '../../../http/email.decorator';
import { IsMetadata } from '../../../http/metadata.decorator';
import { Omittable } from '../../../http/omittable.decorator';
import { Reference } from '../../../http/reference.decorator';
import { IsBoolean, IsInt, IsOptional, IsString, Length, Max, MaxLength, Min } from '../../../http/validators';

/** Attributes of a subscription that a merchant begins; link and customer are relationships. */
export class CreateSubscriptionDto {
  @IsOptional() @Reference() @IsString() @Length(1, 255) reference?: string | null;
  @IsOptional() @IsMetadata() metadata?: Record<string, string> | null;
}

export class UpdateSubscriptionDto {
  @IsOptional() @Reference() @IsString() @Length(1, 255) reference?: string | null;
  @Omittable() @IsMetadata() metadata?: Record<string, string>;
  @IsOptional() @IsString() @MaxLength(40) pausedUntil?: string | null;
  @IsOptional() @IsString() @MaxLength(320) @IsEmailAddress() customerEmail?: string | null;
}

export class CancelSubscriptionDto {
  @IsOptional() @IsBoolean() atPeriodEnd?: boolean | null;
}

export class ChangePriceDto {
  @IsString()
  @IsDecimal({ min: 1n, max: MAX_AMOUNT, message: 'must be a decimal string greater than 0, such as "12.50"' })
  amount: string;
  @IsInt() @Min(1) @Max(1_000_000) fromPeriod: number;
}
