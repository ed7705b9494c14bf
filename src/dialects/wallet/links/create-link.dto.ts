import { Type } from 'class-transformer';
import { IsBoolean, IsEmail, IsIn, IsObject, IsOptional, IsString, Length, MaxLength, ValidateNested } from 'class-validator';
import { STROOPS_PER_UNIT } from '../../../common/money';
import { IsDecimal } from '../../../http/decimal.decorator';

export const WALLET_ASSETS = ['XLM', 'USDC', 'EURC'] as const;
export type WalletAsset = (typeof WALLET_ASSETS)[number];
export const MAX_WALLET_AMOUNT = 999_999_999n * STROOPS_PER_UNIT;

export class LinkMetadataDto {
  @IsOptional() @IsString() @Length(1, 300) title?: string;
  @IsOptional() @IsString() @MaxLength(2000) description?: string;
  @IsOptional() @IsString() @MaxLength(120) reference?: string;
  @IsOptional() @IsString() @MaxLength(200) payerName?: string;
  @IsOptional() @IsString() @MaxLength(320) @IsEmail() payerEmail?: string;
}

/** `expiresAt` and `networkPassphrase` are judged by the rules that have sentences of their own. */
export class CreateLinkDto {
  @IsDecimal({ min: 1n, max: MAX_WALLET_AMOUNT, message: 'must be a decimal greater than 0 and at most 999999999, with at most 7 decimals' })
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
