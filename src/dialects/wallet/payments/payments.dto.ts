import { IsOptional, IsString, Length, Matches, MaxLength } from '../../../http/validators';
import { Trimmed } from '../../../http/trimmed.decorator';
import { MAX_ENVELOPE_CHARACTERS } from '../../../stellar/transactions';

export class PayIntentDto {
  @IsOptional() @IsString() @MaxLength(100) senderPublicKey?: string | null;
  @IsOptional() @IsString() @MaxLength(200) networkPassphrase?: string;
  @IsOptional() @IsString() @Length(1, 12) sendAsset?: string | null;
}

export class SubmitDto {
  @IsString() @Length(1, 100) invoiceId: string;
  @Trimmed() @IsString() @Length(1, MAX_ENVELOPE_CHARACTERS) signedTransactionXdr: string;
}

export class ConfirmDto {
  @IsString() @Length(1, 100) invoiceId: string;
  @IsString()
  @Matches(/^[0-9a-fA-F]{64}$/, { message: 'value must be the 64 hexadecimal characters of a transaction hash' })
  transactionHash: string;
}

export class VerifyDto {
  @IsOptional() transactionHash?: unknown;
}
