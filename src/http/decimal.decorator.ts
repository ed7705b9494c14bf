import { registerDecorator, type ValidationOptions } from './validators';
import { decimalText } from '../common/number-text';
import { type Amount, parseAmount } from '../common/money';

interface DecimalRange {
  /** Smallest value allowed, in stroops. */
  readonly min: Amount;
  readonly max: Amount;
  /** Said after the path when the value is out of shape or range. */
  readonly message: string;
}

/** A decimal given as JSON number or string, read by its own text: no exponent, sign, space or more than 7 decimals. */
export function IsDecimal(range: DecimalRange, options?: ValidationOptions): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isDecimal',
      target: target.constructor,
      propertyName: property as string,
      ...(options === undefined ? {} : { options }),
      validator: {
        validate: (value: unknown) => {
          const text = decimalText(value);
          const parsed = text === undefined ? undefined : parseAmount(text);
          return parsed !== undefined && parsed.amount >= range.min && parsed.amount <= range.max;
        },
        defaultMessage: () => `value ${range.message}`,
      },
    });
  };
}
