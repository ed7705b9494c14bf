import { Equals, IsBoolean, IsIn, IsString, MaxLength } from '../../../http/validators';
import { type Network, NETWORKS } from '../../../common/network';
import { Omittable } from '../../../http/omittable.decorator';
import { IsAccountAddress } from '../../../merchants/account-address.decorator';

export class AddReceivingAccountDto {
  @IsIn(NETWORKS) network: Network;
  @IsAccountAddress() address: string;
  @Omittable() @IsBoolean() isDefault?: boolean;
  @Omittable() @IsString() @MaxLength(128) signature?: string;
}

export class UpdateReceivingAccountDto {
  /** There is always a default: making another one so is the only way to end this one's turn. */
  @Omittable()
  @Equals(true, { message: 'value must be true; make another account the default instead' })
  isDefault?: true;
}
