import { NumberText, decimalText } from '../../../common/number-text';
import { parsePercentage, percentageText } from '../../../common/percentage';
import { isoInstant } from '../../../common/clock';
import { Omittable } from '../../../http/omittable.decorator';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  registerDecorator,
} from '../../../http/validators';
import { IsVisible } from '../../../http/visible.decorator';
import type { TaxRate, TaxRateDetails } from '../../../products/tax-rate';
import { IsSkip, IsTake } from '../list-query';
import { ChangedNamesOfShops, NamesOfShops } from '../member-names';

const MAX_TAKE = 100;

/** A JSON number, or its text. */
function IsPercentage(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isPercentageNumber',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => parsePercentage(decimalText(value) ?? '') !== undefined,
        defaultMessage: () => 'value must be a number from 0 to 100 with at most 4 decimals',
      },
    });
  };
}

const MEANT = { isActive: 'active', enabled: 'active', isInclusive: 'inclusive', rate: 'percentage' };

@NamesOfShops(MEANT)
export class CreateTaxDto {
  @IsString() @Length(1, 100) @IsVisible() name: string;
  @IsOptional() @IsString() @MaxLength(255) description?: string | null;
  @IsPercentage() percentage: number | string | NumberText;
  @Omittable() @IsBoolean() active?: boolean;
  /** True when prices contain the tax already. */
  @Omittable() @IsBoolean() inclusive?: boolean;
  /** There is one app for each client key: its merchant's. */
  @Omittable() @IsArray() @ArrayMaxSize(1) @IsString({ each: true }) appIds?: string[];
}

@ChangedNamesOfShops(MEANT)
export class UpdateTaxDto {
  @Omittable() @IsString() @Length(1, 100) @IsVisible() name?: string;
  @IsOptional() @IsString() @MaxLength(255) description?: string | null;
  @Omittable() @IsPercentage() percentage?: number | string | NumberText;
  @IsOptional() @IsBoolean() active?: boolean | null;
  @IsOptional() @IsBoolean() inclusive?: boolean | null;
  @IsOptional() @IsArray() @ArrayMaxSize(1) @IsString({ each: true }) appIds?: string[] | null;
}

export class ListTaxesQuery {
  @IsSkip() skip?: string;
  @IsTake(MAX_TAKE) take?: string;
  /** Part of the name, in capitals or not. */
  @IsOptional() @IsString() @MaxLength(100) name?: string;
  @IsOptional() @IsIn(['true', 'false'], { message: 'value must be true or false' }) active?: string;
}

/** The members that were sent. */
export function taxDetails({
  percentage,
  active,
  name,
  description,
  inclusive,
}: UpdateTaxDto): Partial<TaxRateDetails> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(inclusive === undefined ? {} : { inclusive: inclusive ?? false }),
    ...(percentage === undefined ? {} : { percentage: parsePercentage(decimalText(percentage) ?? '') ?? 0 }),
    ...(active === undefined ? {} : { status: (active ?? true) ? 'active' : 'archived' }),
  };
}

/** A percentage has four decimals at most, which a double prints back as they are. */
export function taxView({ id, name, description, percentage, inclusive, status, createdAt, updatedAt }: TaxRate): {
  readonly [member: string]: unknown;
} {
  return {
    id,
    name,
    description,
    percentage: Number(percentageText(percentage)),
    active: status === 'active',
    inclusive,
    created_at: isoInstant(createdAt),
    updated_at: isoInstant(updatedAt),
  };
}
