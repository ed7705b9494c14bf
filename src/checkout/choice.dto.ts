import { IsInt, IsOptional, IsString, Length, Max, Min } from '../http/validators';
import { MAX_AMOUNT } from '../common/money';
import { decimalText } from '../common/number-text';
import { IsDecimal } from '../http/decimal.decorator';
import type { CheckoutChoice } from '../links/offers/link-offer';

/** A payer's choice; what of it the link asks for is the link's to say. */
export class ChoiceDto {
  @IsString() @Length(1, 12) asset: string;
  @IsOptional()
  @IsDecimal({ min: 1n, max: MAX_AMOUNT, message: 'must be a decimal greater than 0 with at most 7 decimals' })
  amount?: unknown;
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000_000) quantity?: number;
}

export function choiceOf({ asset, amount, quantity }: ChoiceDto): CheckoutChoice {
  const text = decimalText(amount);
  return {
    asset,
    ...(text === undefined ? {} : { amount: text }),
    ...(typeof quantity === 'number' ? { quantity } : {}),
  };
}

export class TestPaymentDto {
  @IsOptional() @IsString() @Length(1, 12) sendAsset?: string;
}
