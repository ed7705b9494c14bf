import { registerDecorator } from '../../../http/validators';

/** A member that the product behind this API has and this service does not: values that promise nothing are let through, others are refused with the reason. */
export function NotOffered(harmless: readonly unknown[], reason: string): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'notOffered',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => value === undefined || value === null || harmless.includes(value),
        defaultMessage: () => `value ${reason}`,
      },
    });
  };
}
