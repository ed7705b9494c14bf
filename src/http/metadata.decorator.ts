import { registerDecorator } from 'class-validator';

const MAX_KEYS = 50;
const MAX_KEY_LENGTH = 100;
const MAX_VALUE_LENGTH = 500;

/** A merchant's own notes: an object of at most 50 texts of at most 500 characters each. */
export function IsMetadata(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isMetadata',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: isMetadata,
        defaultMessage: () => `value must be an object of at most ${MAX_KEYS} texts of at most ${MAX_VALUE_LENGTH} characters, with keys of 1 to ${MAX_KEY_LENGTH}`,
      },
    });
  };
}

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  if (entries.length > MAX_KEYS) return false;
  return entries.every(([key, text]) => key.length >= 1 && key.length <= MAX_KEY_LENGTH && typeof text === 'string' && text.length <= MAX_VALUE_LENGTH);
}
