import { ArrayMaxSize, IsArray, IsOptional, IsString, MaxLength } from '../../../http/validators';

export class CreateWebhookDto {
  @IsString() @MaxLength(2048) url: string;
  /** Absent for every event. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(60, { each: true })
  events?: string[];
  @IsOptional() @IsString() @MaxLength(200) description?: string;
  @IsOptional() @IsString() @MaxLength(200) networkPassphrase?: string;
}
