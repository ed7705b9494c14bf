import { IsIn, IsOptional, IsString, Length, Matches } from '../../../http/validators';
import { RESOLUTION_ACTIONS } from '../../../payments/recorded-payment';
import type { ResolutionAction } from '../../../payments/recorded-payment';

export class CreateResolutionDto {
  @IsIn(RESOLUTION_ACTIONS) action: ResolutionAction;
  @IsOptional() @IsString() @Length(1, 500) reason?: string | null;
  @IsOptional()
  @IsString()
  @Matches(/^[0-9a-f]{64}$/, { message: 'value must be a transaction hash: 64 hexadecimal digits in lower case' })
  refundTransactionHash?: string | null;
}
