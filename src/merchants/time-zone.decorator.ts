import { registerDecorator } from '../http/validators';
import { isTimeZone } from '../common/time-zone';

/** A name of the IANA time zone database. */
export function IsTimeZoneName(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isTimeZoneName',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isTimeZone(value),
        defaultMessage: () => 'value must be a time zone of the IANA database such as Europe/Berlin',
      },
    });
  };
}
