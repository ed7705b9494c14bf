import { IsBoolean, IsIn, IsOptional, IsString, Length, MaxLength, registerDecorator } from '../../../http/validators';
import { IsVisible } from '../../../http/visible.decorator';
import { Omittable } from '../../../http/omittable.decorator';
import { parsePercentage } from '../../../common/percentage';
import { CATALOG_STATUSES, type CatalogStatus, type TaxRateDetails } from '../../../products/tax-rate';

function IsPercentage(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isPercentage',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && parsePercentage(value) !== undefined,
        defaultMessage: () => 'value must be a decimal string from "0" to "100" with at most 4 decimals',
      },
    });
  };
}

export class CreateTaxRateDto {
  @IsString() @Length(1, 100) @IsVisible() name: string;
  @IsOptional() @IsString() @MaxLength(255) description?: string | null;
  @IsPercentage() percentage: string;
  @Omittable() @IsBoolean() inclusive?: boolean;
}

export class UpdateTaxRateDto {
  @Omittable() @IsString() @Length(1, 100) @IsVisible() name?: string;
  @IsOptional() @IsString() @MaxLength(255) description?: string | null;
  @Omittable() @IsPercentage() percentage?: string;
  @Omittable() @IsBoolean() inclusive?: boolean;
  @Omittable() @IsIn(CATALOG_STATUSES) status?: CatalogStatus;
}

export function newTaxRate({
  name,
  description,
  percentage,
  inclusive,
}: CreateTaxRateDto): Omit<TaxRateDetails, 'status'> {
  return {
    name,
    description: description ?? null,
    percentage: parsePercentage(percentage) ?? 0,
    inclusive: inclusive ?? false,
  };
}

/** The members that were sent. */
export function taxRateChange({ percentage, ...sent }: UpdateTaxRateDto): Partial<TaxRateDetails> {
  return { ...sent, ...(percentage === undefined ? {} : { percentage: parsePercentage(percentage) ?? 0 }) };
}
