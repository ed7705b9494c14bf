import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  registerDecorator,
} from '../../../http/validators';
import { IsVisible } from '../../../http/visible.decorator';
import { parseInstant } from '../../../common/clock';
import { type Network, NETWORKS } from '../../../common/network';
import { Omittable } from '../../../http/omittable.decorator';
import type { KeyDraft } from '../../../auth/keys.service';
import { type Scope, SCOPES } from '../../../common/principal';

function IsInstant(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isInstant',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && parseInstant(value) !== undefined,
        defaultMessage: () => 'value must be an RFC 3339 instant such as 2027-06-01T23:00:00.000Z',
      },
    });
  };
}

/** The same for API keys and clients. */
export class IssueKeyDto {
  @IsString() @Length(1, 100) @IsVisible() label: string;
  @Omittable() @IsIn(NETWORKS) network?: Network;
  @Omittable()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(SCOPES.length)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes?: Scope[];
  @IsOptional() @IsInstant() expiresAt?: string | null;
}

export function keyDraft({ label, network, scopes, expiresAt }: IssueKeyDto): KeyDraft {
  return { label, network, scopes, expiresAt: typeof expiresAt === 'string' ? parseInstant(expiresAt) : null };
}
