import { registerDecorator } from './validators';
import { NumberText } from '../common/number-text';

const MAX_KEYS = 50;
const MAX_VALUE = 500;
const KEY = /^[a-zA-Z0-9]([a-zA-Z0-9_-]{0,38}[a-zA-Z0-9])?$/;
/** JSON:API 1.1, "Attributes": no object inside an attribute may have these members. */
const RESERVED = ['links', 'relationships'];

/** A merchant's own notes: at most 50 members, each a text of at most 500 characters. */
export function IsMetadata(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isMetadata',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: isMetadata,
        defaultMessage: () =>
          `value must be an object of at most ${MAX_KEYS} texts of at most ${MAX_VALUE} characters, with names of letters, digits, - and _`,
      },
    });
  };
}

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof NumberText) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX_KEYS &&
    entries.every(
      ([key, text]) => KEY.test(key) && !RESERVED.includes(key) && typeof text === 'string' && text.length <= MAX_VALUE,
    )
  );
}
