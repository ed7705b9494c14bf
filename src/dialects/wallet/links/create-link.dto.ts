import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  ValidateNested,
} from '../../../http/validators';
import { IsEmailAddress } from '../../../http/email.decorator';
import { IsVisible } from '../../../http/visible.decorator';
import { Reference } from '../../../http/reference.decorator';
import { STROOPS_PER_UNIT } from '../../../common/money';
import { IsDecimal } from '../../../http/decimal.decorator';

export const WALLET_ASSETS = ['XLM', 'USDC', 'EURC'] as const;
export type WalletAsset = (typeof WALLET_ASSETS)[number];
export const MAX_WALLET_AMOUNT = 999_999_999n * STROOPS_PER_UNIT;

export class LinkMetadataDto {
  @IsOptional() @IsString() @Length(1, 300) @IsVisible() title?: string;
  @IsOptional() @IsString() @MaxLength(2000) description?: string;
  @IsOptional() @Reference() @IsString() @MaxLength(120) reference?: string;
  @IsOptional() @IsString() @MaxLength(200) @IsVisible() payerName?: string;
  @IsOptional() @IsString() @MaxLength(320) @IsEmailAddress() payerEmail?: string;
}

/** `expiresAt` and `networkPassphrase` are judged by the rules that have sentences of their own. */
export class CreateLinkDto {
  @IsDecimal({
    min: 1n,
    max: MAX_WALLET_AMOUNT,
    message: 'must be a decimal greater than 0 and at most 999999999, with at most 7 decimals',
  })
  amount: unknown;

  @IsIn(WALLET_ASSETS) asset: WalletAsset;
  @IsOptional() @IsString() @MaxLength(100) recipientWallet?: string;
  @IsOptional() expiresAt?: unknown;
  @IsOptional() @IsString() @MaxLength(200) networkPassphrase?: string;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LinkMetadataDto)
  metadata?: LinkMetadataDto;

  @IsOptional() @IsBoolean() activateNewAccounts?: boolean;
}
