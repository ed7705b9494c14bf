import { registerDecorator } from './validators';
import { leavesMark } from '../common/plain-text';

/** A title or a name: text of nothing but blanks and characters that show nothing is none. An empty one is for lengths to judge. */
export function IsVisible(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isVisible',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => typeof value !== 'string' || value === '' || leavesMark(value),
        defaultMessage: () => 'value must hold something that can be seen',
      },
    });
  };
}
