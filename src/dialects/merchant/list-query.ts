import { IsOptional, registerDecorator } from '../../http/validators';

const DEFAULT_TAKE = 10;

/** The part of a list that `skip` and `take` ask for. */
export interface Span {
  readonly skip: number;
  readonly take: number;
}

/** How many entries to leave out at the beginning. */
export function IsSkip(): PropertyDecorator {
  return (target, property) => {
    IsOptional()(target, property as string);
    registerDecorator({
      name: 'isSkip',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && /^\d{1,6}$/.test(value),
        defaultMessage: () => 'value must be a whole number from 0 to 999999',
      },
    });
  };
}

/** How many entries to give at most. */
export function IsTake(max: number): PropertyDecorator {
  return (target, property) => {
    IsOptional()(target, property as string);
    registerDecorator({
      name: 'isTake',
      target: target.constructor,
      propertyName: property as string,
      constraints: [max],
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && /^\d{1,9}$/.test(value) && Number(value) >= 1 && Number(value) <= max,
        defaultMessage: () => `value must be a whole number from 1 to ${max}`,
      },
    });
  };
}

/** A day of the calendar, such as 2026-11-30. */
export function IsDay(): PropertyDecorator {
  return (target, property) => {
    IsOptional()(target, property as string);
    registerDecorator({
      name: 'isDay',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isDay(value),
        defaultMessage: () => 'value must be a day such as 2026-11-30',
      },
    });
  };
}

function isDay(text: string): boolean {
  const instant = new Date(`${text}T00:00:00.000Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
}

/** For a query whose members were judged by these rules. */
export function spanOf({ skip, take }: { readonly skip?: string; readonly take?: string }): Span {
  return { skip: Number(skip ?? 0), take: Number(take ?? DEFAULT_TAKE) };
}
