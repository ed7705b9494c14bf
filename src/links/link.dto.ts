import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { IsMetadata } from '../http/metadata.decorator';

/** Attributes of a new link. Only shapes are checked here; `linkTerms` judges what they mean. */
export class CreateLinkDto {
  @IsString() @Length(1, 20) amount: string;
  @IsString() @Length(1, 12) currency: string;
  @IsIn(['Invoice', 'Payout']) paymentType: 'Invoice' | 'Payout';
  @IsString() @MaxLength(40) expiresAt: string;
  @IsOptional() @IsString() @Length(1, 12) accountCurrency?: string | null;
  @IsOptional() @IsArray() @ArrayNotEmpty() @ArrayMaxSize(10) @IsString({ each: true }) @MaxLength(40, { each: true }) paymentMethods?: string[] | null;
  @IsOptional() @IsArray() @ArrayNotEmpty() @ArrayMaxSize(50) @IsString({ each: true }) @MaxLength(12, { each: true }) payCurrencies?: string[] | null;
  @IsOptional() @IsString() @Length(1, 255) reference?: string | null;
  @IsOptional() @IsString() @MaxLength(2048) successRedirectUrl?: string | null;
  @IsOptional() @IsString() @MaxLength(2048) unsuccessRedirectUrl?: string | null;
  @IsOptional() @IsString() @Length(1, 300) title?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) description?: string | null;
  @IsOptional() @IsMetadata() metadata?: Record<string, string> | null;
}
