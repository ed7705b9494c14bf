import { IsEmailAddress } from '../../http/email.decorator';
import { IsMetadata } from '../../http/metadata.decorator';
import { IsBoolean, IsOptional, IsString, Length, MaxLength } from '../../http/validators';

/** What a payer sends who subscribes. */
export class EnrolmentDto {
  @IsString() @Length(1, 12) asset: string;
  @IsOptional() @IsString() @MaxLength(320) @IsEmailAddress() email?: string | null;
  @IsOptional() @IsMetadata() customFields?: Record<string, string> | null;
}

export class CancellationDto {
  @IsBoolean() atPeriodEnd: boolean;
}

export class EmailDto {
  @IsOptional() @IsString() @MaxLength(320) @IsEmailAddress() email?: string | null;
}
