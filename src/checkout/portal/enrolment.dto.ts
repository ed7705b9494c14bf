import { IsEmailAddress } from '../../http/email.decorator';
import { Type } from 'class-transformer';
import { IsTexts } from '../../http/texts.decorator';
import { IsBoolean, IsObject, IsOptional, IsString, Length, MaxLength, ValidateNested } from '../../http/validators';
import { MAX_ANSWERS, MAX_QUESTIONS } from '../../links/offers/sent-details';
import { AddressDto } from '../choice.dto';

/** What a payer sends who subscribes. */
export class EnrolmentDto {
  @IsString() @Length(1, 12) asset: string;
  @IsOptional() @IsString() @MaxLength(320) @IsEmailAddress() email?: string | null;
  @IsOptional() @IsTexts(MAX_QUESTIONS, MAX_ANSWERS) customFields?: Record<string, string> | null;
  @IsOptional() @IsString() @MaxLength(300) name?: string;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => AddressDto) address?: AddressDto;
}

export class CancellationDto {
  @IsBoolean() atPeriodEnd: boolean;
}

export class EmailDto {
  @IsOptional() @IsString() @MaxLength(320) @IsEmailAddress() email?: string | null;
}
