import { NumberText } from '../common/number-text';
import { registerDecorator } from './validators';

/** An object whose members are texts; `most` members, each of `longest` characters at most, none with an empty name. */
export function IsTexts(most: number, longest: number): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isTexts',
      constraints: [most, longest],
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => isTexts(value, most, longest),
        defaultMessage: () => `value must be an object of at most ${most} texts of at most ${longest} characters`,
      },
    });
  };
}

function isTexts(value: unknown, most: number, longest: number): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof NumberText) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= most &&
    entries.every(([name, text]) => name !== '' && typeof text === 'string' && text.length <= longest)
  );
}
