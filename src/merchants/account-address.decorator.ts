import { registerDecorator } from '../http/validators';
import { isAccountAddress } from '../stellar/address';

/** A G address with its checksum (SEP-23). */
export function IsAccountAddress(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isAccountAddress',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isAccountAddress(value),
        defaultMessage: () => 'value must be a Stellar account address (G...)',
      },
    });
  };
}
