import { IsBoolean, IsOptional, IsString, Length, MaxLength } from '../../../http/validators';
import { IsEmailAddress } from '../../../http/email.decorator';
import { IsVisible } from '../../../http/visible.decorator';
import { Omittable } from '../../../http/omittable.decorator';

export class CreateCustomerDto {
  @IsString() @Length(1, 200) @IsVisible() name: string;
  @IsString() @MaxLength(320) @IsEmailAddress() email: string;
  @IsOptional() @IsString() @MaxLength(200) company?: string | null;
  @IsOptional() @IsString() @MaxLength(500) address?: string | null;
  @Omittable() @IsBoolean() isFavorite?: boolean;
}

export class UpdateCustomerDto {
  @Omittable() @IsString() @Length(1, 200) @IsVisible() name?: string;
  @Omittable() @IsString() @MaxLength(320) @IsEmailAddress() email?: string;
  @IsOptional() @IsString() @MaxLength(200) company?: string | null;
  @IsOptional() @IsString() @MaxLength(500) address?: string | null;
  @Omittable() @IsBoolean() isFavorite?: boolean;
}
