import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional, IsString, MaxLength } from '../../../http/validators';
import { IsEmailAddress } from '../../../http/email.decorator';
import { type Role, ROLES } from '../../../common/principal';
import { Omittable } from '../../../http/omittable.decorator';
import { MAIL_OCCASIONS, type MailOccasion } from '../../../merchants/member';
import { IsAccountAddress } from '../../../merchants/account-address.decorator';

export class InviteMemberDto {
  @IsAccountAddress() wallet: string;
  @IsIn(ROLES) role: Role;
}

export class UpdateMemberDto {
  @Omittable() @IsIn(ROLES) role?: Role;
  @IsOptional() @IsString() @MaxLength(320) @IsEmailAddress() email?: string | null;
  @Omittable()
  @IsArray()
  @ArrayMaxSize(MAIL_OCCASIONS.length)
  @ArrayUnique()
  @IsIn(MAIL_OCCASIONS, { each: true })
  mailOn?: MailOccasion[];
}
