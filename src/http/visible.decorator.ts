import { registerDecorator } from './validators';
import { leavesMark } from '../common/plain-text';

/** A title or a name: text of only blanks and invisible characters is refused. An empty one is for length rules to judge. */
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
