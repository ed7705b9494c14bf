import { IsBoolean, IsOptional, IsString, Length, Matches, MaxLength } from '../../../http/validators';
import { IsEmailAddress } from '../../../http/email.decorator';
import { IsVisible } from '../../../http/visible.decorator';

export class SaveClientDto {
  @IsString() @Length(1, 200) @IsVisible() name: string;
  @IsString() @MaxLength(320) @IsEmailAddress() email: string;
  @IsOptional() @IsString() @MaxLength(200) company?: string | null;
  @IsOptional() @IsString() @MaxLength(500) address?: string | null;
  @IsOptional() @IsBoolean() isFavorite?: boolean;
}

export class FavoriteDto {
  @IsBoolean() isFavorite?: boolean;
}

export class ListClientsQuery {
  @IsOptional()
  @Matches(/^([1-9]\d?|[1-4]\d\d|500)$/, { message: 'value must be a whole number from 1 to 500' })
  limit?: string;
  @IsOptional() @Matches(/^\d{1,6}$/, { message: 'value must be a whole number from 0 to 999999' }) offset?: string;
}
