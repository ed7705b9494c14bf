import { IsOptional, registerDecorator } from '../../../http/validators';

/** A member that the product behind this API has and this service does not: values that promise nothing are let through, others are refused with the reason. */
export function NotOffered(harmless: readonly unknown[], reason: string): PropertyDecorator {
  return (target, property) => {
    IsOptional()(target, property as string);
    registerDecorator({
      name: 'notOffered',
      target: target.constructor,
      propertyName: property as string,
      constraints: [harmless],
      validator: {
        validate: (value: unknown) => harmless.includes(value),
        defaultMessage: () => `value ${reason}`,
      },
    });
  };
}
