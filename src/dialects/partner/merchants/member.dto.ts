import { IsIn } from '../../../http/validators';
import { type Role, ROLES } from '../../../common/principal';
import { Omittable } from '../../../http/omittable.decorator';
import { IsAccountAddress } from '../../../merchants/account-address.decorator';

export class InviteMemberDto {
  @IsAccountAddress() wallet: string;
  @IsIn(ROLES) role: Role;
}

export class UpdateMemberDto {
  @Omittable() @IsIn(ROLES) role?: Role;
}
