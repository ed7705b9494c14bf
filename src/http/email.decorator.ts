import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { isEmail, registerDecorator } from './validators';
import { emailAddress } from '../common/email-address';
import { isSeen } from '../common/plain-text';

/** In its one spelling. */
export function isEmailAddress(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 320 && isSeen(value) && isEmail(value);
}

/** An e-mail address in its one spelling, without invisible characters. */
export function IsEmailAddress(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? emailAddress(value) : value)),
    (target: object, property: string | symbol) => {
      registerDecorator({
        name: 'isEmailAddress',
        target: target.constructor,
        propertyName: property as string,
        validator: {
          validate: isEmailAddress,
          defaultMessage: () => 'value must be an e-mail address',
        },
      });
    },
  );
}
